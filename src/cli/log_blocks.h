// Logs, one after the other, cut into blocks of whole lines.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/log_input.h"

namespace relayproof::cli {

/// Whole lines of one file, and what its stamps hang on.
struct LogBlock {
  std::string bytes;                  ///< a buffer, kept from block to block
  std::size_t size = 0;               ///< of the lines in it
  logs::Time written = 0;             ///< of the file
  logs::Time latest = logs::no_time;  ///< the latest stamp of the file in front of the block

  std::string_view lines() const { return std::string_view(bytes).substr(0, size); }
};

class LogBlocks {
 public:
  /// No files: the journal since then.
  LogBlocks(std::vector<LogFile> files, logs::Time journal_since);

  /// False at the end of the last file.
  Result<bool> next(LogBlock& block);

 private:
  Result<bool> open_next();
  Result<bool> fill(LogBlock& block);

  std::vector<LogFile> files_;
  logs::Time journal_since_;
  bool journal_ = false;
  std::size_t opened_ = 0;
  std::unique_ptr<LogInput> input_;
  std::unique_ptr<logs::StampReader> stamps_;
  std::string rest_;  // the beginning of a line whose end is in the next block
};

}  // namespace relayproof::cli
