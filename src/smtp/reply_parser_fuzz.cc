// Whatever a server sends: the parser stays within its limits, and cuts make no difference.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "smtp/command.h"
#include "smtp/reply_parser.h"

namespace {

using relayproof::smtp::Limits;
using relayproof::smtp::Parsed;
using relayproof::smtp::ReplyParser;

constexpr Limits limits{.line_bytes = 60, .reply_lines = 5, .session_bytes = 400};

void require(bool holds) {
  if (!holds) std::abort();
}

// One line of text for each reply, and one for how it ended.
std::string parsed(std::string_view bytes, std::size_t piece) {
  ReplyParser parser(limits);
  std::string found;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    while (!part.empty()) {
      const std::size_t before = part.size();
      const Parsed state = parser.consume(part);
      require(parser.line().size() <= limits.line_bytes);
      if (state == Parsed::not_smtp || state == Parsed::too_much) {
        return found + parser.line() + "|" + parser.excess();
      }
      require(part.size() < before);
      if (state != Parsed::reply) continue;
      const auto reply = parser.take();
      require(reply.reply.code >= 200 && reply.reply.code <= 599);
      require(!reply.reply.lines.empty() && reply.reply.lines.size() <= limits.reply_lines);
      found += relayproof::smtp::in_one_line(reply.reply) + (reply.bare_lf ? "b" : "") +
               (reply.mixed_codes ? "m" : "") + "\n";
    }
  }
  return found + (parser.in_reply() ? "unfinished" : "");
}

}  // namespace

int fuzz_reply_parser(const std::uint8_t* data, std::size_t size);

int fuzz_reply_parser(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  const std::string whole = parsed(bytes, std::string::npos);
  require(parsed(bytes, 1) == whole);
  require(parsed(bytes, 7) == whole);
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_reply_parser(data, size);
}
#endif
