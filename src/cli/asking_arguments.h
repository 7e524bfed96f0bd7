// What check and probe were asked: the words of the command line, and their check.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"

namespace CLI {
class App;
}

namespace relayproof::cli {

// Words of the command line before they are checked.
struct AskingRaw {
  std::vector<std::string> sources;
  std::vector<std::string> ports;
  std::string phase = "rcpt";
  std::string canary;
  std::string canary_at;
  std::string canary_key;
  double wait = 60;
  std::string resolver;
  std::string proxy;
  double timeout = 120;
  bool all_ports = false;
};

void add_asking_options(CLI::App& app, Arguments& to, AskingRaw& raw);

/// Checks the words; a usage error otherwise.
std::optional<Error> finish_asking(const AskingRaw& raw, Arguments& to);

}  // namespace relayproof::cli
