// As whom servers saw us: the random name of a mailbox that cannot exist, looked up in their logs.
#pragma once

#include <string>
#include <vector>

#include "cli/instances.h"
#include "crosscheck/crosscheck.h"

namespace relayproof::cli {

/// The file that Postfix writes its log to by itself (postlogd(8)), by the configuration in this
/// folder below this root; empty if it does not.
std::string log_of_its_own(const std::string& configuration, const std::string& root);

/// A log file of a server.
struct LogPath {
  std::string root;  ///< of its files; empty: this machine's
  std::string path;  ///< in there
  bool own = false;  ///< named by maillog_file
};
/// Those that are there and not empty, the likeliest first.
std::vector<LogPath> log_paths_of(const FoundInstance& instance);

/// Every door whose control for an unknown mailbox was refused is looked up in the logs of the
/// instances (files, journal, container engine), which are waited for a moment; else what the
/// server said itself counts. Nothing for a door is no evidence.
std::vector<crosscheck::SeenAs> seen_by_servers(const probe::Run& run,
                                                const std::vector<FoundInstance>& instances);

}  // namespace relayproof::cli
