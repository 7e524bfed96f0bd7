// main(): parses the command line, hands it to the subcommand, returns its exit status.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/output.h"

namespace {

using namespace relayproof::cli;

// A standard descriptor that came closed would be given to the next socket, and our words to a
// server. In its place stands one that cannot be written to.
void occupy_standard_descriptors() {
  int descriptor = 0;
  do {
    descriptor = ::open("/dev/null", O_RDONLY);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) ::close(descriptor);
}

int tell(const Told& told) {
  if (told.status != ok) {
    std::fputs(told.text.c_str(), stderr);
    return told.status;
  }
  const auto written = write_output({}, told.text);
  return written ? ok : complain(written.error());
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  occupy_standard_descriptors();
  try {
    const auto arguments = parse_arguments(argc, argv);
    if (!arguments) return tell(arguments.error());
    return run_command(*arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "relayproof: internal error: %s\n", error.what());
    return unknown;
  }
}
