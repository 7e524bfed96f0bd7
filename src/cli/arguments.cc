#include "cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "cli/config.h"
#include "cli/exit_status.h"
#include "cli/version.h"
#include "mail/domain.h"
#include "probe/target.h"
#include "probe/ulid.h"

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
    "  relayproof probe [2001:db8::25]:2525   one address, one port\n"
    "  relayproof techniques                  what is asked, and why\n"
    "\n"
    "Nothing is delivered: it goes no further than RCPT TO, and its names say who asks.\n"
    "Exit status: 0 closed, 1 closed but not everything was asked, 2 open relay, 3 undecided.";

// Words of the command line before they are checked.
struct Raw {
  std::vector<std::string> sources;
  std::vector<std::string> ports;
  std::string phase = "rcpt";
  std::string format = "text";
  std::string resolver;
  double timeout = 120;
  bool all_ports = false;
};

// 25, submission, and the ports where filters give mail back or that are left open by mistake.
constexpr std::array<std::uint16_t, 10> every_port = {25,   465,  587,   2525,  26,
                                                      1025, 8025, 10024, 10025, 10026};

void add_output_options(CLI::App& app, Arguments& to, Raw& raw) {
  app.add_option("--format", raw.format, "text, json, or jsonl (one object a door)")
      ->check(CLI::IsMember({"text", "json", "jsonl"}))
      ->option_text("FORMAT");
  app.add_option("-o,--output", to.output,
                 "Write there instead of standard output, whole or not at all")
      ->option_text("FILE");
  app.add_flag("-q,--quiet", to.quiet, "No announcement, no progress");
}

void add_asking_options(CLI::App& app, Arguments& to, Raw& raw) {
  auto& run = to.run;
  app.add_option("--port", raw.ports, "Ask this port (repeatable) instead of 25, 465 and 587")
      ->option_text("PORT")
      ->allow_extra_args(false);
  app.add_flag("--all-ports", raw.all_ports, "Ask every port on which mail servers are found");
  app.add_option("--domain", run.domains, "A domain the server answers for (repeatable)")
      ->option_text("DOMAIN")
      ->allow_extra_args(false);
  app.add_option("--user", run.user, "A mailbox that exists there")->option_text("ADDRESS");
  app.add_option("--from", run.from, "Your own address: a sender that may be used")
      ->option_text("ADDRESS");
  app.add_option("--to", run.to, "Your mailbox outside: its domain is asked for as recipient")
      ->option_text("ADDRESS");
  app.add_option("--source", raw.sources, "Ask from this address of this machine (repeatable)")
      ->option_text("IP")
      ->allow_extra_args(false);
  app.add_flag("--as-stranger", run.as_stranger,
               "Take this place for outside although the server may trust it");
  app.add_option(
         "--egress", run.egress,
         "A mail server elsewhere that tells \"port 25 is blocked here\" from \"it is down\"")
      ->option_text("HOST");
  app.add_option("--phase", raw.phase, "rcpt, or data: as far as DATA, then hang up")
      ->check(CLI::IsMember({"rcpt", "data"}))
      ->option_text("PHASE");
  app.add_option("--set", to.set, "standard, historic or invasive techniques")
      ->check(CLI::IsMember({"standard", "historic", "invasive"}))
      ->option_text("SET");
  app.add_option("--technique", to.technique_names, "Only this technique (repeatable)")
      ->option_text("NAME")
      ->allow_extra_args(false);
  app.add_option("--as", to.as_tool, "Only what this tool asks")
      ->check(CLI::IsMember({"nmap"}))
      ->option_text("TOOL");
  app.add_option("--timeout", raw.timeout, "Seconds for each target, all in all (120)")
      ->check(CLI::Range(0.1, 86400.0))
      ->option_text("SECONDS");
  app.add_option("--per-host", run.per_host, "Doors of one target asked at a time (4)")
      ->check(CLI::Range(1, 16))
      ->option_text("N");
  app.add_option("--resolver", raw.resolver, "Ask this DNS server, IP[:PORT], and nothing else")
      ->option_text("IP[:PORT]");
  app.add_option("--config", to.config, "Read this configuration file")->option_text("FILE");
  app.add_flag("--transcript", to.transcript, "Print the dialogues");
  app.add_flag("-v,--verbose", to.verbose,
               "Every relay found with its lines by hand, every control");
}

Error usage(std::string message) { return Error{std::move(message), std::nullopt}; }

std::optional<Error> read_ports(const Raw& raw, Arguments& to) {
  if (raw.all_ports) to.run.ports.assign(every_port.begin(), every_port.end());
  for (const auto& text : raw.ports) {
    const auto port = probe::parse_port(text);
    if (!port) return usage("--port: '" + escape_foreign(text, 40) + "' is no port (1 to 65535)");
    auto& ports = to.run.ports;
    if (std::find(ports.begin(), ports.end(), *port) == ports.end()) ports.push_back(*port);
  }
  return std::nullopt;
}

std::optional<Error> read_addresses(const Raw& raw, Arguments& to) {
  for (const auto& text : raw.sources) {
    const auto source = mail::IpAddress::parse(text);
    if (!source) return usage("--source: '" + escape_foreign(text, 60) + "' is no IP address");
    to.run.sources.push_back(*source);
  }
  if (!raw.resolver.empty()) {
    const auto resolver = probe::parse_target(raw.resolver);
    const auto address = resolver ? mail::IpAddress::parse(resolver->host) : std::nullopt;
    if (!address) {
      return usage("--resolver: '" + escape_foreign(raw.resolver, 60) + "' is no IP[:PORT]");
    }
    to.network.resolver = net::Endpoint{*address, resolver->port.value_or(53)};
  }
  return std::nullopt;
}

std::optional<Error> read_mailboxes(Arguments& to) {
  for (auto& domain : to.run.domains) {
    domain = mail::normalised_domain(domain);
    if (!mail::is_domain_name(domain)) {
      return usage("--domain: '" + escape_foreign(domain, 80) + "' is no domain");
    }
  }
  struct Mailbox {
    const char* option;
    const std::string& address;
  };
  for (const auto& [option, address] :
       {Mailbox{"--user", to.run.user}, Mailbox{"--from", to.run.from},
        Mailbox{"--to", to.run.to}}) {
    if (!address.empty() && !is_address(address)) {
      return usage(fmt::format("{}: '{}' is no address", option, escape_foreign(address, 80)));
    }
  }
  return std::nullopt;
}

std::optional<Error> choose_techniques(Arguments& to) {
  auto& chosen = to.run.techniques;
  for (const auto& name : to.technique_names) {
    const auto* technique = techniques::find(name);
    if (technique == nullptr) {
      return usage("--technique: there is no '" + escape_foreign(name, 60) +
                   "'; `relayproof techniques` lists them");
    }
    chosen.push_back(technique);
  }
  if (!chosen.empty()) return std::nullopt;
  for (const auto& technique : techniques::catalogue()) {
    const bool of_tool =
        !to.as_tool.empty() && contains_ignoring_case(technique.also_in, to.as_tool);
    const bool of_set = to.as_tool.empty() && to_string(technique.set) == to.set;
    if (of_tool || of_set) chosen.push_back(&technique);
  }
  if (chosen.empty()) return usage("--set: this version has no " + to.set + " techniques");
  return std::nullopt;
}

std::optional<Error> check_targets(const Arguments& arguments) {
  for (const auto& text : arguments.targets) {
    const auto target = probe::parse_target(text);
    if (!target) return target.error();
  }
  const bool asks = arguments.command == Command::check || arguments.command == Command::probe;
  if (asks && arguments.targets.empty() && arguments.targets_file.empty()) {
    return usage(arguments.command == Command::check
                     ? "check: name the mail server or domain to ask (the check of this machine's "
                       "own configuration is not in this version)"
                     : "probe: name a target, or give --targets FILE");
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
  // What is no number is in no range, which CLI11 takes for being in every one.
  if (std::isnan(raw.timeout)) return usage("--timeout: nan is no number of seconds");
  to.run.data_phase = raw.phase == "data";
  to.run.timeout =
      std::chrono::duration_cast<net::Duration>(std::chrono::duration<double>(raw.timeout));
  to.run.token = [] { return probe::random_word(8); };
  if (!std::isfinite(raw.timeout)) return usage("--timeout: give a number of seconds");
  if (auto error = read_ports(raw, to)) return error;
  if (auto error = read_addresses(raw, to)) return error;
  if (auto error = read_mailboxes(to)) return error;
  if (auto error = choose_techniques(to)) return error;
  if (auto error = check_targets(to)) return error;
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
      "unknown {} '{}'; the commands are check, probe, techniques and demo (try relayproof --help)",
      what, escape_foreign(first, 60)));
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
    CLI::App* techniques =
        add("techniques", "The catalogue: what is asked, and why", Command::techniques);
    add_output_options(*techniques, arguments, raw);
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
    add_asking_options(*sub, arguments, raw);
    sub->footer(
        "Run it from a network that the server does not trust: what it allows its own is not the\n"
        "question. With the server's mail domain in --domain the controls tell the most.");
  }

  void add_probe() {
    CLI::App* sub =
        add("probe", "From outside: what does this server let through?", Command::probe);
    sub->add_option("TARGET", arguments.targets, "HOST[:PORT] or [IPv6]:PORT (repeatable)")
        ->option_text("");
    sub->add_option("--targets", arguments.targets_file,
                    "Read targets, one a line; - is standard input")
        ->option_text("FILE");
    sub->add_option("--concurrency", arguments.concurrency, "Targets asked at a time (4)")
        ->check(CLI::Range(1, 256))
        ->option_text("N");
    add_output_options(*sub, arguments, raw);
    add_asking_options(*sub, arguments, raw);
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
    return tl::unexpected(Told{std::string(version.what()) + "\n", ok});
  } catch (const CLI::ParseError& error) {
    if (argc <= 1) return tl::unexpected(Told{parser.app.help(), unknown});
    if (parser.app.get_subcommands().empty()) return tl::unexpected(told(no_command(argv[1])));
    return tl::unexpected(told(error));
  }
  if (auto error = finish(parser.raw, parser.arguments)) return tl::unexpected(told(*error));
  return std::move(parser.arguments);
}

}  // namespace relayproof::cli
