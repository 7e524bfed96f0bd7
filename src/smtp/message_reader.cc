#include "smtp/message_reader.h"

namespace relayproof::smtp {

bool MessageReader::consume(std::string_view& bytes) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (at_ == At::line_start && c == '.') {
      at_ = At::dot;
    } else if (at_ == At::dot && c == '\r') {
      at_ = At::dot_cr;
    } else if (at_ == At::dot_cr && c == '\n') {
      return true;
    } else {
      // What looked like the end was a line that begins with a dot.
      if (at_ == At::dot_cr) at_ = put_content('\r');
      at_ = put_content(c);
    }
  }
  return false;
}

// Returns where the next byte stands.
MessageReader::At MessageReader::put_content(char c) {
  put(c);
  if (c == '\r') return At::cr;
  return at_ == At::cr && c == '\n' ? At::line_start : At::text;
}

void MessageReader::put(char c) {
  if (message_.size() < max_bytes_) {
    message_ += c;
  } else {
    too_big_ = true;
  }
}

}  // namespace relayproof::smtp
