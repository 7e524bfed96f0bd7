// What `logs` was asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "logs/stamp.h"
#include "mail/ip_address.h"

namespace CLI {
class App;
}

namespace relayproof::cli {

struct LogArguments {
  std::vector<std::string> files;  ///< none: this machine's
  std::string queue_file;          ///< output of `postqueue -j`
  std::string config;              ///< the server's configuration; empty: the installed one
  std::vector<mail::Network> clients;
  std::optional<logs::Time> since;
  std::optional<logs::Time> until;
  bool follow = false;
};

/// The words of the command line before they are checked.
struct LogRaw {
  std::vector<std::string> clients;
  std::string since;
  std::string until;
};

void add_log_options(CLI::App& app, LogArguments& to, LogRaw& raw);
std::optional<Error> finish_logs(const LogRaw& raw, LogArguments& to);

/// `2026-11-19`, `2026-11-19 02:14` or `2026-11-19T02:14:05` in local time, the last with `Z` or an
/// offset if wanted; `7d`, `12h`, `30m` before `now`. nullopt for anything else.
std::optional<logs::Time> parse_moment(std::string_view text, logs::Time now);

}  // namespace relayproof::cli
