// What a session with a server was: what was asked, what was answered, how it ended.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/attempt.h"
#include "mail/reply.h"

namespace relayproof::smtp {

/// How a session ended. Everything a server can do is one of these, never an error of ours.
enum class Ending {
  not_ended,
  quit,              ///< we said QUIT; answered, or closed instead of an answer, or not waited for
  cut,               ///< we hung up on purpose after the 354 (Phase::data)
  no_greeting,       ///< closed or timed out before a whole greeting
  greeting_refused,  ///< 554, 421, … instead of 220 (RFC 5321 3.1)
  helo_refused,      ///< neither EHLO nor HELO taken
  prelude_refused,   ///< what was to be done before asking (Prelude) was not taken
  no_starttls,       ///< asked for, not offered
  starttls_refused,  ///< offered, not given; or the handshake failed
  closed_by_peer,    ///< without a word, or in the middle of a reply
  service_closing,   ///< 421 (RFC 5321 3.8), or 554 by servers that hang up with it
  timed_out,
  not_smtp,     ///< garbage where a reply was due
  out_of_step,  ///< more replies than commands: what was under way cannot be attributed
  too_much,     ///< a limit of Limits was exceeded
};

/// With hyphens: `closed-by-peer`.
std::string_view to_string(Ending ending);

/// What the server answered to one attempt. A reply that did not come is absent; once the session
/// has ended, an attempt without `rcpt` whose `mail` was not a refusal was not answered. A 421 is
/// kept as the reply to the command that it answers, but it decides nothing.
struct Answers {
  mail::Attempt attempt = {};
  std::optional<mail::Reply> mail = {};
  std::optional<mail::Reply> rcpt = {};     ///< absent if MAIL was refused
  std::optional<mail::Reply> data = {};     ///< beyond Phase::rcpt and RCPT taken only
  std::optional<mail::Reply> message = {};  ///< Phase::deliver and DATA taken only
  bool complete = false;  ///< the decisive reply is there, is not a 421, and is this attempt's
};

/// A line of the dialogue, without its line end, as it went over the wire.
struct Line {
  bool from_server = false;
  std::string bytes;
  bool operator==(const Line&) const = default;
};

struct Record {
  std::optional<mail::Reply> greeting;
  std::optional<mail::Reply> ehlo;      ///< the last EHLO or HELO that was answered
  std::vector<mail::Reply> prelude;     ///< to the commands of the prelude, in order
  bool used_helo = false;               ///< EHLO was refused, HELO was taken
  std::vector<std::string> extensions;  ///< EHLO keywords with parameters, upper-case keyword
  bool tls = false;
  std::vector<Answers> answers;       ///< in the order asked; batches of ask() one after the other
  std::vector<std::string> oddities;  ///< what broke the protocol without ending it, one clause
                                      ///< each, without bytes of the server
  std::vector<Line> transcript;
  std::size_t round_trips = 0;  ///< waits for the server's words, the greeting included; not those
                                ///< of a TLS handshake
  Ending ending = Ending::not_ended;
  std::string ending_detail;  ///< the server's last words or what was wrong; foreign bytes

  bool offers(std::string_view keyword) const;  ///< upper case
};

}  // namespace relayproof::smtp
