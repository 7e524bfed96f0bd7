#include "smtp/line_reader.h"

#include <algorithm>

namespace relayproof::smtp {

LineReader::Status LineReader::consume(std::string_view& bytes) {
  if (complete_ || skipping_) line_.clear();
  complete_ = false;
  if (skipping_ && !skip_rest(bytes)) return Status::need_bytes;

  const std::size_t room = std::min(max_bytes_ - line_.size(), bytes.size());
  const std::size_t end = bytes.substr(0, room).find('\n');
  const std::size_t taken = std::min(end, room);
  line_ += bytes.substr(0, taken);
  bytes.remove_prefix(taken);
  if (end == std::string_view::npos) {
    if (line_.size() < max_bytes_) return Status::need_bytes;
    skipping_ = true;
    return Status::too_long;
  }
  bytes.remove_prefix(1);
  complete_ = true;
  bare_lf_ = line_.empty() || line_.back() != '\r';
  if (!bare_lf_) line_.pop_back();
  return Status::line;
}

void LineReader::restart() {
  line_.clear();
  complete_ = false;
  skipping_ = false;
}

// Returns true when the end of the line that was too long has come.
bool LineReader::skip_rest(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  skipping_ = end == std::string_view::npos;
  return !skipping_;
}

}  // namespace relayproof::smtp
