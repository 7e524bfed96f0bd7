// The client's side of one SMTP session (RFC 5321), without I/O: bytes received go in, bytes to
// send come out, and what the server said is kept as a record. Whoever owns the connection moves
// the bytes and keeps the time.
//
//   Session session(options);
//   while (!session.ended()) {
//     write(session.take_output());
//     if (session.wants_tls()) { handshake(); session.tls_started(); continue; }
//     if (session.idle()) { session.ask(more attempts) or session.quit(); continue; }
//     session.receive(read());            // or closed_by_peer(), timed_out()
//   }
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/attempt.h"
#include "mail/reply.h"

namespace relayproof::smtp {

/// How far each attempt goes.
enum class Phase {
  rcpt,  ///< MAIL, RCPT, RSET: nothing is ever delivered
  data,  ///< as far as the 354 after DATA, then the connection is cut before any content
};

/// What a reply may cost us in memory. What goes beyond ends the session as too_much.
struct Limits {
  std::size_t line_bytes = 4096;    ///< RFC 5321 4.5.3.1.5 allows 512; servers exceed it
  std::size_t reply_lines = 128;    ///< of one reply
  std::size_t session_bytes = 512 * 1024;  ///< received in all
};

struct SessionOptions {
  std::string helo;               ///< the argument of EHLO and HELO
  bool starttls = false;          ///< upgrade after EHLO, then EHLO again
  bool pipelining = true;         ///< where the server offers it (RFC 2920), never elsewhere
  Phase phase = Phase::rcpt;
  Limits limits;
};

/// How a session ended. Everything a server can do is one of these, never an error of ours.
enum class Ending {
  not_ended,
  quit,               ///< we said QUIT; answered, or closed instead of an answer
  cut,                ///< we hung up on purpose after the 354 (Phase::data)
  no_greeting,        ///< closed or timed out before a whole greeting
  greeting_refused,   ///< 554, 421, … instead of 220 (RFC 5321 3.1)
  helo_refused,       ///< neither EHLO nor HELO taken
  no_starttls,        ///< asked for, not offered
  starttls_refused,   ///< offered, not given; or the handshake failed
  closed_by_peer,     ///< without a word, or in the middle of a reply
  service_closing,    ///< 421 (RFC 5321 3.8), or 554 by servers that hang up with it
  timed_out,
  not_smtp,           ///< garbage where a reply was due
  out_of_step,        ///< more replies than commands: nothing can be attributed any more
  too_much,           ///< a limit of Limits was exceeded
};

std::string_view to_string(Ending ending);

/// What the server answered to one attempt. A reply that did not come is absent; once the session
/// has ended, an attempt without `rcpt` whose `mail` was not a refusal was not answered.
struct Answers {
  mail::Attempt attempt;
  std::optional<mail::Reply> mail;
  std::optional<mail::Reply> rcpt;  ///< absent if MAIL was refused
  std::optional<mail::Reply> data;  ///< Phase::data and RCPT taken only
  bool complete = false;            ///< the decisive reply is there
};

/// A line of the dialogue, without its line end, as it went over the wire.
struct Line {
  bool from_server = false;
  std::string bytes;
};

struct Record {
  std::optional<mail::Reply> greeting;
  std::optional<mail::Reply> ehlo;  ///< the last EHLO or HELO that was answered
  bool used_helo = false;           ///< EHLO was refused, HELO was taken
  std::vector<std::string> extensions;  ///< EHLO keywords with parameters, upper-case keyword
  bool tls = false;
  std::vector<Answers> answers;     ///< in the order asked; batches of ask() one after the other
  std::vector<std::string> oddities;  ///< what broke the protocol without ending it, one clause each
  std::vector<Line> transcript;
  std::size_t round_trips = 0;      ///< waits for the server, the greeting included
  Ending ending = Ending::not_ended;
  std::string ending_detail;        ///< the server's last words or what was wrong; foreign bytes

  bool offers(std::string_view keyword) const;  ///< upper case
};

class Session {
 public:
  explicit Session(SessionOptions options);

  /// Bytes to send now; empty if it is the server's turn. They are handed out once.
  std::string take_output();
  /// Bytes from the server, cut anywhere.
  void receive(std::string_view bytes);
  void closed_by_peer();
  void timed_out();

  /// True after the 220 to STARTTLS: do the handshake, then call tls_started() or tls_failed().
  /// Bytes received with that 220 are an oddity (command injection, CVE-2011-0411) and dropped.
  bool wants_tls() const;
  void tls_started();
  void tls_failed(std::string_view why);

  /// True when nothing is under way: greeted, and every attempt so far is answered.
  bool idle() const;
  /// Asks these attempts, each with MAIL, RCPT and RSET; in one batch where the server offers
  /// PIPELINING and the phase is rcpt, else command by command. Only when idle().
  void ask(const std::vector<mail::Attempt>& attempts);
  /// Ends politely. Only when idle().
  void quit();

  bool ended() const;
  const Record& record() const;

 private:
  struct State;
  // members: the implementer's choice
};

}  // namespace relayproof::smtp
