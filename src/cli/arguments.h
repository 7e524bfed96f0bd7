// What was asked on the command line, validated; nothing here does anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/canary_arguments.h"
#include "cli/inside_arguments.h"
#include "cli/log_arguments.h"
#include "cli/many_arguments.h"
#include "cli/places.h"
#include "net/system_network.h"
#include "probe/run.h"

namespace relayproof::cli {

enum class Command {
  none,
  check,
  probe,
  audit,
  explain,
  diff,
  fix,
  logs,
  finding,
  techniques,
  canary,
  demo
};
enum class Format { text, json, jsonl };

struct Arguments {
  Command command = Command::none;
  std::vector<std::string> targets;  ///< as typed
  std::string targets_file;          ///< `-`: standard input
  Format format = Format::text;
  std::string output;  ///< empty: standard output
  std::string config;  ///< empty: the usual places
  bool quiet = false;
  bool verbose = false;
  bool transcript = false;
  std::string set = "standard";
  std::vector<std::string> technique_names;
  std::string as_tool;    ///< `nmap`
  probe::RunOptions run;  ///< what applies to every target
  net::NetworkOptions network;
  bool ask_mta = false;    ///< `check`: let the server itself answer the witnesses
  InsideArguments inside;  ///< of audit, explain, diff, logs and finding
  LogArguments logs;
  CanaryArguments canary;
  ManyArguments many;     ///< of probe
  PlaceArguments places;  ///< of check and probe
};

/// What the program prints and how it ends when it does nothing else.
struct Told {
  std::string text;
  int status = 0;
};

/// The arguments, or what to print instead of working: --help and --version (status 0, standard
/// output), a usage error (status 3, one line, standard error).
tl::expected<Arguments, Told> parse_arguments(int argc, const char* const* argv);

}  // namespace relayproof::cli
