// Logs from end to end: files in their order, blocks side by side, events joined in their order.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/log_input.h"
#include "logs/joiner.h"
#include "logs/seen.h"

namespace relayproof::cli {

struct LogReading {
  std::vector<LogFile> files;  ///< none: the journal
  logs::JoinOptions join;
  /// Queue IDs that are in the queue now; nullopt: not known.
  std::optional<std::set<std::string, std::less<>>> queue;
  unsigned threads = 0;  ///< 0: as many as there are processors, up to 8
};

/// Reads them all. Fails if one cannot be read; a log without a line of a mail server is no
/// failure: `events` of the summary tells.
Result<logs::Summary> read_logs(LogReading reading);

/// The same with a joiner that stays, for whoever follows the last file afterwards.
Result<bool> read_logs(const LogReading& reading, logs::Joiner& joiner);

/// This machine's logs (or its journal) since then: `sources` of the summary say who sent how many
/// messages outside, such as those in private networks who would lose by a fix.
Result<logs::Summary> read_own_logs(logs::Time since, std::vector<std::string> own_domains,
                                    mail::IpSet trusted);

/// The lines that name `token` (seen.h), in logs that were written since then; no files: the
/// journal.
Result<std::vector<logs::Seen>> find_in_logs(const std::vector<LogFile>& files,
                                             std::string_view token, logs::Time since);

/// The files, those with the oldest first line in front.
Result<std::vector<LogFile>> in_order_of_time(std::vector<LogFile> files);

/// Local time to UTC, as this machine counts it.
logs::Time utc_of_local(logs::Time local);
/// UTC to local time.
logs::Time local_of_utc(logs::Time utc);

}  // namespace relayproof::cli
