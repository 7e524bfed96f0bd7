#include "cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>

#include "base/text.h"
#include "cli/asking_arguments.h"
#include "cli/config.h"
#include "cli/exit_status.h"
#include "cli/version.h"
#include "dialects/dialect.h"
#include "probe/target.h"

namespace relayproof::cli {
namespace {

constexpr const char* about =
    "Is my mail server an open relay, by any technique, from any client?\n"
    "An answer with proof: what was asked, from where, and what the server said.";

constexpr const char* lesson =
    "First steps:\n"
    "  relayproof demo                        see it work on three small servers here\n"
    "  relayproof check mail.example.com      ask your server; run it outside your network\n"
    "  relayproof check example.com           the same for every MX of a domain\n"
    "  relayproof logs                        was it abused, and by whom\n"
    "  relayproof audit /etc/postfix          who may relay, by this configuration, and which line "
    "lets them\n"
    "  relayproof fix /etc/postfix            the smallest change that closes it, proved, as a "
    "patch\n"
    "  relayproof probe [2001:db8::25]:2525   one address, one port\n"
    "  relayproof techniques                  what is asked, and why\n"
    "\n"
    "Nothing is delivered: it goes no further than RCPT TO, and its names say who asks.\n"
    "Exit status: 0 closed, 1 closed but not everything was asked, 2 open relay, 3 undecided.";

struct Raw {
  std::string format = "text";
  AskingRaw asking;
  InsideRaw inside;
  LogRaw logs;
  CanaryRaw canary;
};

void add_output_options(CLI::App& app, Arguments& to, Raw& raw) {
  app.add_option("--format", raw.format, "text, json, or jsonl (one object a door)")
      ->check(CLI::IsMember({"text", "json", "jsonl"}))
      ->option_text("FORMAT");
  app.add_option("-o,--output", to.output,
                 "Write there instead of standard output, whole or not at all")
      ->option_text("FILE");
  app.add_flag("-q,--quiet", to.quiet, "No announcement, no progress");
}

Error usage(std::string message) { return Error{std::move(message), std::nullopt}; }

std::optional<Error> check_targets(const Arguments& arguments) {
  for (const auto& text : arguments.targets) {
    // Whether a network may be asked is the scope file's matter.
    if (!arguments.many.scope.empty() && mail::Network::parse(text)) continue;
    const auto target = probe::parse_target(text);
    if (!target) return target.error();
  }
  if (arguments.command == Command::probe && arguments.targets.empty() &&
      arguments.targets_file.empty()) {
    return usage("probe: name a target, or give --targets FILE");
  }
  return std::nullopt;
}

std::optional<Error> read_config(Arguments& to) {
  if (to.command != Command::check && to.command != Command::probe) return std::nullopt;
  const auto config = load_config(to.config);
  if (!config) return config.error();
  if (to.run.from.empty()) to.run.from = config->from;
  return std::nullopt;
}

std::optional<Error> finish(const Raw& raw, Arguments& to) {
  to.format = raw.format == "json"    ? Format::json
              : raw.format == "jsonl" ? Format::jsonl
                                      : Format::text;
  if (auto error = finish_asking(raw.asking, to)) return error;
  if (auto error = finish_inside(raw.inside, to.command == Command::explain, to.inside)) {
    return error;
  }
  if (auto error = finish_logs(raw.logs, to.logs)) return error;
  if (to.command == Command::canary) {
    if (auto error = finish_canary(raw.canary, to.canary)) return error;
  }
  if (auto error = check_targets(to)) return error;
  if (auto error = finish_many(to)) return error;
  if (auto error = check_places(to)) return error;
  return read_config(to);
}

Told told(const Error& error) {
  return {fmt::format("relayproof: {}\n", to_string(error)), unknown};
}

// CLI11's words on one line, with a way to help.
Told told(const CLI::ParseError& error) {
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  return {
      fmt::format("relayproof: {} (try relayproof --help)\n", escape_foreign(trim(message), 300)),
      unknown};
}

// What stands where a command was due, if CLI11 says no more than that one is due.
Error no_command(const std::string& first) {
  const char* what = first.starts_with('-') ? "option" : "command";
  return usage(fmt::format(
      "unknown {} '{}'; the commands are check, probe, audit, explain, diff, fix, logs, "
      "finding, techniques, canary and demo (try relayproof --help)",
      what, escape_foreign(first, 60)));
}

// What `--version -v` adds: how faithful the models are.
std::string fidelity(int argc, const char* const* argv) {
  const std::span<const char* const> words(argv, static_cast<std::size_t>(argc));
  const auto asked = [](std::string_view word) { return word == "-v" || word == "--verbose"; };
  if (std::none_of(words.begin(), words.end(), asked)) return {};
  std::string text;
  for (const auto* dialect : dialects::all_dialects()) {
    const auto figures = dialect->fidelity;
    text += fmt::format("model of {}: {}\n", dialect->title,
                        figures.empty() ? "not held against the real server yet" : figures);
  }
  return text;
}

struct Parser {
  CLI::App app{about, "relayproof"};
  Arguments arguments;
  Raw raw;

  Parser() {
    app.footer(lesson);
    app.set_version_flag("-V,--version",
                         fmt::format("relayproof {} (catalogue {})", program_version,
                                     techniques::catalogue_version()));
    app.require_subcommand(1);
    app.get_formatter()->column_width(30);
    add_check();
    add_probe();
    add_audit();
    add_explain();
    add_diff();
    add_fix();
    add_logs();
    CLI::App* finding =
        add("finding", "What a finding means, with examples, and how to mend it", Command::finding);
    finding
        ->add_option("CODE", arguments.inside.code, "Its code, such as RP2003; none: all of them")
        ->option_text("");
    CLI::App* techniques =
        add("techniques", "The catalogue: what is asked, and why", Command::techniques);
    add_output_options(*techniques, arguments, raw);
    add_canary();
    CLI::App* demo =
        add("demo", "Three small servers on loopback, and check on each", Command::demo);
    demo->add_flag("-v,--verbose", arguments.verbose, "Show more");
    demo->add_flag("--transcript", arguments.transcript, "Print the dialogues");
  }

  CLI::App* add(const char* name, const char* what, Command command) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->callback([this, command] { arguments.command = command; });
    return sub;
  }

  void add_check() {
    CLI::App* sub =
        add("check", "Can strangers relay through this server? The main job", Command::check);
    sub->add_option("HOST", arguments.targets, "A mail server, or a domain whose MX are asked")
        ->expected(0, 1)
        ->option_text("");
    add_output_options(*sub, arguments, raw);
    add_asking_options(*sub, arguments, raw.asking);
    add_host_options(*sub, arguments.inside, raw.inside);
    add_deployment_options(*sub, arguments.inside);
    sub->add_flag("--ask-mta", arguments.ask_mta,
                  "Let the server itself answer the attempts that the proof rests on");
    sub->footer(
        "Without HOST: this machine's own servers, their configuration, doors and logs.\n"
        "With HOST, run it from a network that the server does not trust: what it allows its own "
        "is "
        "not the\n"
        "question. With the server's mail domain in --domain the controls tell the most.");
  }

  CLI::App* add_inside(const char* name, const char* what, Command command) {
    CLI::App* sub = add(name, what, command);
    add_output_options(*sub, arguments, raw);
    add_host_options(*sub, arguments.inside, raw.inside);
    return sub;
  }

  void add_audit() {
    CLI::App* sub =
        add_inside("audit", "From inside: who may relay, by this configuration?", Command::audit);
    sub->add_option(
           "PATH", arguments.inside.path,
           "A configuration folder or file; - is standard input; none: what is in force here")
        ->option_text("");
    add_deployment_options(*sub, arguments.inside);
    sub->add_flag("--coverage", arguments.inside.coverage, "Every line, and how it was understood");
    sub->add_flag("-v,--verbose", arguments.verbose, "Every setting that bears on relaying");
  }

  void add_explain() {
    CLI::App* sub = add_inside("explain", "One attempt: the decision, and each rule that took part",
                               Command::explain);
    sub->add_option("PATH", arguments.inside.path, "A configuration folder or file")
        ->option_text("");
    add_deployment_options(*sub, arguments.inside);
    add_attempt_options(*sub, arguments.inside, raw.inside);
  }

  void add_diff() {
    CLI::App* sub =
        add_inside("diff", "Which attempts two configurations decide differently", Command::diff);
    sub->add_option("OLD", arguments.inside.path, "A configuration folder or file")
        ->required()
        ->option_text("");
    sub->add_option("NEW", arguments.inside.other_path, "Another")->required()->option_text("");
  }

  void add_fix() {
    CLI::App* sub =
        add_inside("fix", "The smallest change that closes it, proved, as a patch", Command::fix);
    sub->add_option("PATH", arguments.inside.path,
                    "A configuration folder or file; none: what is in force here")
        ->option_text("");
    add_deployment_options(*sub, arguments.inside);
    add_fix_options(*sub, arguments.inside);
    sub->footer(
        "The patch goes to standard output, words to standard error:\n"
        "  relayproof fix /etc/postfix --trusted 192.168.1.0/24 | patch -p1 -d /etc/postfix\n"
        "Exit status: 0 closed, or a proved fix was found; 1 it would take something legitimate;\n"
        "2 open and no proved fix; 3 undecided and no proved fix, or nothing could be written.");
  }

  void add_logs() {
    CLI::App* sub =
        add_inside("logs", "Was it abused: what was relayed, for whom, since when", Command::logs);
    add_log_options(*sub, arguments.logs, raw.logs);
    sub->add_flag("-v,--verbose", arguments.verbose, "Every source, and more examples of each");
    sub->footer(
        "Exit status: 0 nothing relayed for strangers, 1 something is odd, 2 strangers relayed.");
  }

  void add_canary() {
    CLI::App* sub =
        add("canary", "The mail server that proves delivery: it takes, and sends none on",
            Command::canary);
    add_output_options(*sub, arguments, raw);
    add_canary_options(*sub, arguments.canary, raw.canary);
    sub->footer(
        "It answers a prober with the same key, on the port where it takes mail:\n"
        "  relayproof probe HOST --phase deliver --canary proof@DOMAIN --canary-key FILE");
  }

  void add_probe() {
    CLI::App* sub =
        add("probe", "From outside: what does this server let through?", Command::probe);
    sub->add_option("TARGET", arguments.targets,
                    "HOST[:PORT], [IPv6]:PORT, or a network of --scope (repeatable)")
        ->option_text("");
    sub->add_option("--targets", arguments.targets_file,
                    "Read targets, one a line; - is standard input")
        ->option_text("FILE");
    add_many_options(*sub, arguments.many);
    add_output_options(*sub, arguments, raw);
    add_asking_options(*sub, arguments, raw.asking);
    sub->add_flag("--mx", arguments.run.follow_mx, "A mail domain stands for its mail exchangers");
  }
};

}  // namespace

tl::expected<Arguments, Told> parse_arguments(int argc, const char* const* argv) {
  Parser parser;
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = parser.app.get_subcommands();
    const bool whole = chosen.empty();
    return tl::unexpected(Told{whole ? parser.app.help() : chosen.front()->help("relayproof"), ok});
  } catch (const CLI::CallForVersion& version) {
    return tl::unexpected(Told{std::string(version.what()) + "\n" + fidelity(argc, argv), ok});
  } catch (const CLI::ParseError& error) {
    if (argc <= 1) return tl::unexpected(Told{parser.app.help(), unknown});
    if (parser.app.get_subcommands().empty()) return tl::unexpected(told(no_command(argv[1])));
    return tl::unexpected(told(error));
  }
  if (auto error = finish(parser.raw, parser.arguments)) return tl::unexpected(told(*error));
  return std::move(parser.arguments);
}

}  // namespace relayproof::cli
