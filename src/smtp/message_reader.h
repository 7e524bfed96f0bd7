// The bytes after a 354 -> a message (RFC 5321 section 4.5.2).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace relayproof::smtp {

/// Only CR LF dot CR LF ends a message: a lone LF or CR around the dot is content, so that nobody
/// can make us and another server see two different messages.
class MessageReader {
 public:
  /// Keeps at most `max_bytes` of content; counts on beyond, and says so in is_too_big().
  explicit MessageReader(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Takes bytes from the front of `bytes`, as far as the end of the message; true when it came.
  bool consume(std::string_view& bytes);
  /// Without the dots that transparency added, with its line ends.
  const std::string& message() const { return message_; }
  bool is_too_big() const { return too_big_; }

 private:
  enum class At { line_start, dot, dot_cr, cr, text };

  void put(char c);
  At put_content(char c);

  std::size_t max_bytes_;
  std::string message_;
  bool too_big_ = false;
  At at_ = At::line_start;
};

}  // namespace relayproof::smtp
