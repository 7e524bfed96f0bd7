// main(): parses the command line, hands it to the subcommand, returns its exit status.
#include <csignal>
#include <cstdio>
#include <exception>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_status.h"

int main(int argc, char** argv) {
  using namespace relayproof::cli;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto arguments = parse_arguments(argc, argv);
    if (!arguments) {
      std::fputs(arguments.error().text.c_str(), arguments.error().status == ok ? stdout : stderr);
      return arguments.error().status;
    }
    return run_command(*arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "relayproof: internal error: %s\n", error.what());
    return unknown;
  }
}
