// Bytes of a server -> replies (RFC 5321 section 4.2). Whatever a server can send is either part of
// a reply, with oddities perhaps, or the end of it: not SMTP, or too much.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mail/reply.h"
#include "smtp/limits.h"
#include "smtp/line_reader.h"

namespace relayproof::smtp {

enum class Parsed {
  need_bytes,
  line,      ///< one more line, and the reply goes on
  reply,     ///< take() has it
  not_smtp,  ///< line() is none of a reply; for good
  too_much,  ///< excess() says which limit; for good
};

/// A reply, and what is wrong with it.
struct ParsedReply {
  mail::Reply reply;
  bool bare_lf = false;      ///< a line ended without CR
  bool mixed_codes = false;  ///< lines with different codes; that of the last one counts
};

class ReplyParser {
 public:
  explicit ReplyParser(const Limits& limits) : limits_(limits), lines_(limits.line_bytes) {}

  /// Takes bytes from the front of `bytes`, up to the end of one line. Call again until `bytes` is
  /// empty. Texts are the server's own bytes, NUL, control and 8-bit bytes included.
  Parsed consume(std::string_view& bytes);

  /// After Parsed::reply; starts the next one.
  ParsedReply take();
  /// The last line, or what has come of it.
  const std::string& line() const { return lines_.line(); }
  /// Which limit was exceeded: `a line of more than 4096 bytes`.
  const std::string& excess() const { return excess_; }

  /// Part of a reply is there, and its end is not.
  bool in_reply() const { return lines_.in_line() || !reply_.reply.lines.empty(); }
  /// Part of a line is there, and its end is not.
  bool in_line() const { return lines_.in_line(); }
  /// The line that has begun cannot become one of a reply, whatever follows.
  bool in_garbage() const;
  /// Forgets the reply that has begun, not the bytes counted.
  void restart();

 private:
  Parsed fail(Parsed failure, std::string excess = "");
  Parsed add(std::string_view line);

  Limits limits_;
  LineReader lines_;
  ParsedReply reply_;
  std::size_t seen_bytes_ = 0;
  Parsed failure_ = Parsed::need_bytes;
  std::string excess_;
};

}  // namespace relayproof::smtp
