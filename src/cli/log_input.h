// One log as a stream of bytes: a file, a compressed file, a pipe, a program's output.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/child_process.h"
#include "logs/stamp.h"

namespace relayproof::cli {

class LogInput {
 public:
  virtual ~LogInput() = default;
  /// Reads up to `size` bytes; 0 at the end. An error names the file.
  virtual Result<std::size_t> read(char* to, std::size_t size) = 0;
};

/// A log by name. `-` is standard input.
struct LogFile {
  std::string path;
  logs::Time written = 0;  ///< seconds since 1970
};

/// Opens it; what is compressed by gzip is read here, by xz, bzip2 or zstd through these programs.
Result<std::unique_ptr<LogInput>> open_log(const LogFile& file);
/// The journal's entries of Postfix, as JSON; `since` may be no_time.
Result<std::unique_ptr<LogInput>> open_journal(logs::Time since);
/// The same, and then those that come.
Result<ChildProcess> follow_journal(logs::Time since);

/// The files by these names with the times they were written; fails for one that is not there.
Result<std::vector<LogFile>> named_logs(const std::vector<std::string>& paths);
/// /var/log/mail.log*, else /var/log/maillog*; none: there are none.
std::vector<LogFile> usual_logs();
/// This file, and those whose names begin with its name, as rotation leaves them; none: there is
/// none.
std::vector<LogFile> rotated_logs(const std::string& path);

}  // namespace relayproof::cli
