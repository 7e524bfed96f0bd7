// Bytes cut anywhere -> lines, with a limit: what both sides of SMTP read first.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace relayproof::smtp {

class LineReader {
 public:
  enum class Status {
    need_bytes,
    line,      ///< line() is whole
    too_long,  ///< line() is its beginning; the rest of it is skipped by what follows
  };

  /// A line and its end together have at most `max_bytes`, which is at least 1.
  explicit LineReader(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Takes bytes from the front of `bytes`, up to the end of one line. Never leaves bytes behind
  /// when it needs more.
  Status consume(std::string_view& bytes);

  /// Without CR LF; what there is of it so far where the end has not come.
  const std::string& line() const { return line_; }
  /// The last line ended with LF alone.
  bool bare_lf() const { return bare_lf_; }
  /// Part of a line is there, and its end has not come.
  bool in_line() const { return !complete_ && !line_.empty(); }
  void restart();

 private:
  bool skip_rest(std::string_view& bytes);

  std::size_t max_bytes_;
  std::string line_;
  bool complete_ = false;
  bool bare_lf_ = false;
  bool skipping_ = false;
};

}  // namespace relayproof::smtp
