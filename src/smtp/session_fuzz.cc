// A hostile server against a session: it ends, it keeps little, and at every moment it is clear
// what comes next. The first byte chooses the options; then pieces, each behind a byte that gives
// its length and whether our output is taken before it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "smtp/session.h"

namespace {

using relayproof::smtp::Answers;
using relayproof::smtp::Crossing;
using relayproof::smtp::Ending;
using relayproof::smtp::Limits;
using relayproof::smtp::Phase;
using relayproof::smtp::Prelude;
using relayproof::smtp::Record;
using relayproof::smtp::Session;
using relayproof::smtp::SessionOptions;

constexpr Limits limits{.line_bytes = 80, .reply_lines = 6, .session_bytes = 4000};
constexpr std::size_t asks = 3;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_output(std::string_view output) {
  require(output.empty() || output.ends_with("\r\n"));
  require(output.find("never") == std::string_view::npos);
  require(output.size() < 1000);
}

void check_record(const Record& record) {
  require(record.ending != Ending::not_ended);
  // Each line of the server is a reply to one of a bounded number of commands, and so on.
  require(record.transcript.size() < 400);
  require(record.oddities.size() < 40);
  for (const Answers& answers : record.answers) {
    const bool mail_taken = answers.mail && answers.mail->is_positive();
    require(!answers.rcpt || mail_taken);
    require(!answers.data || (answers.rcpt && answers.rcpt->is_positive()));
    require(!answers.complete || answers.rcpt || (answers.mail && !mail_taken));
    require(answers.attempt.rcpt_to.find('\n') == std::string::npos || !answers.mail);
  }
}

class Server {
 public:
  explicit Server(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
  }
  std::string_view piece(std::size_t length) {
    const std::string_view first = bytes_.substr(0, length);
    bytes_.remove_prefix(first.size());
    return first;
  }
  bool silent() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

Prelude prelude_of(std::uint8_t flags) {
  Prelude prelude;
  if ((flags & 1) == 0) return prelude;
  if ((flags & 16) != 0) prelude.crossing = Crossing::injected;
  if ((flags & 32) != 0) prelude.crossing = Crossing::carried;
  prelude.crosses = {"", "<>", "<h@i>"};
  return prelude;
}

SessionOptions options_of(std::uint8_t flags) {
  return {.helo = "probe.example",
          .starttls = (flags & 1) != 0,
          .pipelining = (flags & 2) == 0,
          .phase = (flags & 4) != 0 ? Phase::data : Phase::rcpt,
          .limits = limits,
          .prelude = prelude_of(flags)};
}

// What a session does that is waiting for nobody.
void go_on(Session& session, Server& server, std::size_t& asked, bool last) {
  if (session.wants_tls()) {
    if (server.byte() % 2 == 0) {
      session.tls_started();
    } else {
      session.tls_failed("no");
    }
  } else if (session.idle() && asked++ < asks) {
    session.ask({{"", "<>", "<a@b>"}, {"", "<c@d>", "<e>\r\nnever"}, {"", "<>", "<f@g>"}},
                {.quit = last});
  } else if (session.idle()) {
    session.quit();
  }
}

}  // namespace

int fuzz_session(const std::uint8_t* data, std::size_t size);

int fuzz_session(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  Server server(bytes);
  const std::uint8_t flags = server.byte();
  Session session(options_of(flags));
  std::size_t asked = 0;
  while (!session.ended()) {
    require(!(session.idle() && session.wants_tls()));
    if (session.idle() || session.wants_tls()) {
      go_on(session, server, asked, (flags & 64) != 0);
    } else if (server.silent()) {
      if ((flags & 8) != 0) session.closed_by_peer();
      if ((flags & 8) == 0) session.timed_out();
    } else {
      const std::uint8_t head = server.byte();
      if ((head & 0x40) == 0) check_output(session.take_output());
      session.receive(server.piece(head & 0x3f));
    }
  }
  require(!session.idle() && !session.wants_tls() && session.take_output().empty());
  check_record(session.record());
  return 0;
}

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_session(data, size);
}
#endif
