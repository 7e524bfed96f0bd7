#include "cli/many_arguments.h"

#include <CLI/CLI.hpp>

#include "cli/arguments.h"

namespace relayproof::cli {

void add_many_options(CLI::App& app, ManyArguments& to) {
  app.add_option("--scope", to.scope,
                 "Whose networks may be asked, by whom and when (TOML); nothing outside is")
      ->option_text("FILE");
  app.add_option("--do-not-probe", to.do_not_probe,
                 "Networks, addresses and names that are never asked, one a line")
      ->option_text("FILE");
  app.add_option("--resume", to.resume,
                 "Note here what is done, and go on there; with --format jsonl and -o")
      ->option_text("FILE");
  app.add_flag("--in-order", to.in_order,
               "The targets of a scope in their order, not a random one");
  app.add_option("--concurrency", to.pace.at_a_time, "Targets asked at a time (4)")
      ->check(CLI::Range(1, 10000))
      ->option_text("N");
  app.add_option("--per-network", to.pace.per_network,
                 "Of them in one IPv4 /24 or IPv6 /48 at a time (2)")
      ->check(CLI::Range(1, 10000))
      ->option_text("N");
  app.add_option("--rate", to.pace.a_second, "Targets begun a second, at most")
      ->check(CLI::Range(0.001, 100000.0))
      ->option_text("N");
}

std::optional<Error> finish_many(const Arguments& arguments) {
  if (arguments.many.resume.empty()) return std::nullopt;
  if (arguments.format == Format::jsonl && !arguments.output.empty()) return std::nullopt;
  return Error{"--resume: give --format jsonl and -o FILE with it", std::nullopt};
}

}  // namespace relayproof::cli
