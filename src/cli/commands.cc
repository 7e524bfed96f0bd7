#include "cli/commands.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/exit_status.h"

namespace relayproof::cli {

int run_command(const Arguments& arguments) {
  switch (arguments.command) {
    case Command::check:
      return check(arguments);
    case Command::probe:
      return probe(arguments);
    case Command::audit:
      return audit(arguments);
    case Command::explain:
      return explain(arguments);
    case Command::diff:
      return diff(arguments);
    case Command::fix:
      return fix(arguments);
    case Command::logs:
      return logs(arguments);
    case Command::finding:
      return finding(arguments);
    case Command::techniques:
      return techniques(arguments);
    case Command::canary:
      return canary(arguments);
    case Command::demo:
      return demo(arguments);
    case Command::none:
      break;
  }
  return unknown;
}

int complain(const Error& error) {
  std::fputs(fmt::format("relayproof: {}\n", to_string(error)).c_str(), stderr);
  return unknown;
}

}  // namespace relayproof::cli
