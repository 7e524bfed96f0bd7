#include "smtp/reply_parser.h"

#include <charconv>
#include <optional>
#include <utility>

namespace relayproof::smtp {
namespace {

constexpr std::size_t code_digits = 3;

// Whether `line` can be the beginning of `ddd`, `ddd text` or `ddd-text`, first digit 2 to 5
// (RFC 5321 section 4.2.1).
bool begins_a_reply_line(std::string_view line) {
  for (std::size_t i = 0; i < line.size() && i < code_digits; ++i) {
    const char low = i == 0 ? '2' : '0';
    const char high = i == 0 ? '5' : '9';
    if (line[i] < low || line[i] > high) return false;
  }
  return line.size() <= code_digits || line[code_digits] == ' ' || line[code_digits] == '-';
}

std::optional<int> code_of(std::string_view line) {
  if (line.size() < code_digits || !begins_a_reply_line(line)) return {};
  int code = 0;
  std::from_chars(line.data(), line.data() + code_digits, code);
  return code;
}

}  // namespace

Parsed ReplyParser::consume(std::string_view& bytes) {
  if (failure_ != Parsed::need_bytes) {
    bytes = {};
    return failure_;
  }
  if (bytes.empty()) return Parsed::need_bytes;
  std::string_view allowed = bytes.substr(0, limits_.session_bytes - seen_bytes_);
  if (allowed.empty()) {
    return fail(Parsed::too_much,
                "more than " + std::to_string(limits_.session_bytes) + " bytes in a session");
  }
  const std::size_t before = allowed.size();
  const LineReader::Status status = lines_.consume(allowed);
  const std::size_t taken = before - allowed.size();
  bytes.remove_prefix(taken);
  seen_bytes_ += taken;
  if (status == LineReader::Status::need_bytes) {
    // Only the limit can have stopped it with bytes left.
    return bytes.empty() ? Parsed::need_bytes : consume(bytes);
  }
  if (status == LineReader::Status::too_long) {
    return fail(Parsed::too_much,
                "a line of more than " + std::to_string(limits_.line_bytes) + " bytes");
  }
  return add(lines_.line());
}

Parsed ReplyParser::add(std::string_view line) {
  const std::optional<int> code = code_of(line);
  if (!code) return fail(Parsed::not_smtp);
  mail::Reply& reply = reply_.reply;
  if (reply.lines.size() >= limits_.reply_lines) {
    return fail(Parsed::too_much,
                "a reply of more than " + std::to_string(limits_.reply_lines) + " lines");
  }
  reply_.mixed_codes |= !reply.lines.empty() && reply.code != *code;
  reply_.bare_lf |= lines_.bare_lf();
  reply.code = *code;
  // RFC 5321 4.2.1: a hyphen announces more lines; a bare code is a last line, too (4.2).
  const bool more = line.size() > code_digits && line[code_digits] == '-';
  reply.lines.emplace_back(line.size() > code_digits ? line.substr(code_digits + 1) : "");
  return more ? Parsed::line : Parsed::reply;
}

ParsedReply ReplyParser::take() { return std::exchange(reply_, {}); }

bool ReplyParser::in_garbage() const {
  std::string_view begun = line();
  if (begun.ends_with('\r')) begun.remove_suffix(1);
  return in_line() && !begins_a_reply_line(begun);
}

void ReplyParser::restart() {
  lines_.restart();
  reply_ = {};
}

Parsed ReplyParser::fail(Parsed failure, std::string excess) {
  failure_ = failure;
  excess_ = std::move(excess);
  return failure;
}

}  // namespace relayproof::smtp
