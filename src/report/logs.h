// What mail logs told: one file for each format.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/summary.h"
#include "report/render.h"

namespace relayproof::report {

struct ReadLogs {
  const logs::Summary& summary;
  std::vector<std::string> files;  ///< as they were read; empty: the journal
  bool queue_known = false;        ///< what is queued was asked of the server
  double seconds = 0;
  std::function<logs::Time(logs::Time)> local;  ///< UTC to the time that text shows
};

/// One word for the whole: what the exit status says, too.
enum class LogsVerdict { abused, odd, quiet };
/// `abused`: strangers relayed. `odd`: something asks for a look.
LogsVerdict verdict_of(const logs::Summary& summary);

/// `relayproof/logs/1`: pretty-printed, or one line.
std::string logs_json(const ReadLogs& read);
std::string logs_json_line(const ReadLogs& read);
/// Strangers first, then accounts, private networks, and what is not known.
std::string logs_text(const ReadLogs& read, const TextOptions& options);

/// One message that went outside while the log was followed: a line of text, or of JSON
/// (`relayproof/logs-alert/1`).
struct RelayAlert {
  logs::Standing standing;
  std::string_view name;  ///< of the source
  std::string_view client_name;
  logs::Time when;
  std::string_view queue_id;
  std::string_view sender;
  std::string_view recipient;
  std::uint64_t messages = 0;  ///< of this source so far
};
std::string alert_text(const RelayAlert& alert, const ReadLogs& read, const TextOptions& options);
std::string alert_json_line(const RelayAlert& alert);

}  // namespace relayproof::report
