// Input, output and endings. What each reply leads to is in session_commands.cc, how attempts are
// asked in session_asking.cc.
#include "smtp/session.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace relayproof::smtp {
namespace {

constexpr int service_not_available = 421;
constexpr int transaction_failed = 554;

}  // namespace

Session::Session(SessionOptions options)
    : options_(std::move(options)), parser_(options_.limits), due_{Command{}} {
  record_.round_trips = 1;
}

std::string Session::take_output() {
  if (!options_.prelude.opening.empty() && !opened_) {
    opened_ = true;
    record_.transcript.push_back({false, options_.prelude.opening});
    return options_.prelude.opening;
  }
  if (output_.empty()) return {};
  if (parser_.in_reply()) {
    end(Ending::out_of_step, last_words());
    return {};
  }
  unsent_ = 0;
  record_.round_trips += unheard_ ? 0 : 1;
  for (std::string_view rest = output_; !rest.empty();) {
    const std::size_t end_of_line = rest.find("\r\n");
    record_.transcript.push_back({false, std::string(rest.substr(0, end_of_line))});
    rest.remove_prefix(end_of_line + 2);
  }
  std::string bytes = std::exchange(output_, {});
  if (unheard_) end(Ending::quit, {});
  return bytes;
}

void Session::receive(std::string_view bytes) {
  while (!ended() && !bytes.empty()) {
    if (wants_tls_) {
      note("bytes in clear behind the 220 to STARTTLS, dropped");
      return;
    }
    take_line(bytes);
  }
}

void Session::take_line(std::string_view& bytes) {
  const Parsed parsed = parser_.consume(bytes);
  if (parsed == Parsed::need_bytes) return;
  if (parsed != Parsed::too_much) record_.transcript.push_back({true, parser_.line()});
  if (parsed == Parsed::reply) accept(parser_.take());
  if (parsed == Parsed::not_smtp) end(Ending::not_smtp, parser_.line());
  if (parsed == Parsed::too_much) end(Ending::too_much, parser_.excess());
}

void Session::accept(ParsedReply parsed) {
  if (parsed.bare_lf) note("a reply line ended with LF alone");
  if (parsed.mixed_codes) note("different codes in one reply");
  last_reply_ = std::move(parsed.reply);
  if (options_.prelude.crossing == Crossing::injected && record_.tls)
    return answered_across(last_reply_);
  const bool asked = unsent_ < due_.size();
  if (!asked) {
    const bool closing = last_reply_.code == service_not_available;
    end(closing ? Ending::service_closing : Ending::out_of_step, in_one_line(last_reply_));
    return;
  }
  const Command command = due_.front();
  due_.pop_front();
  if (last_reply_.code == service_not_available && command.verb != Verb::greeting) {
    service_closes(command, last_reply_);
  } else {
    answered(command, last_reply_);
  }
}

void Session::closed_by_peer() {
  if (ended()) return;
  if (!across_.empty()) return end_of_crossing();
  const bool greeting_due = !due_.empty() && due_.front().verb == Verb::greeting;
  const bool quit_due = !due_.empty() && due_.front().verb == Verb::quit;
  const bool hung_up_with_554 = !parser_.in_reply() && last_reply_.code == transaction_failed;
  const Ending ending = quit_due               ? Ending::quit
                        : parser_.in_garbage() ? Ending::not_smtp
                        : greeting_due         ? Ending::no_greeting
                        : wants_tls_           ? Ending::starttls_refused
                        : hung_up_with_554     ? Ending::service_closing
                                               : Ending::closed_by_peer;
  end(ending, last_words());
}

void Session::timed_out() {
  if (ended()) return;
  if (!across_.empty()) return end_of_crossing();
  const bool greeting_due = !due_.empty() && due_.front().verb == Verb::greeting;
  const Ending ending = parser_.in_garbage() ? Ending::not_smtp
                        : greeting_due       ? Ending::no_greeting
                        : wants_tls_         ? Ending::starttls_refused
                                             : Ending::timed_out;
  std::string waiting = parser_.in_reply() ? last_words() : "";
  if (waiting.empty() && !due_.empty()) {
    waiting = due_.front().verb == Verb::greeting
                  ? "no greeting"
                  : "no answer to " + std::string(to_string(due_.front().verb));
  }
  end(ending, std::move(waiting));
}

bool Session::wants_tls() const { return wants_tls_; }

void Session::tls_started() {
  assert(wants_tls_);
  wants_tls_ = false;
  // RFC 3207 4.2: all knowledge obtained before the handshake is forgotten.
  parser_.restart();
  record_.ehlo.reset();
  record_.extensions.clear();
  record_.used_helo = false;
  record_.tls = true;
  if (options_.prelude.crossing == Crossing::carried) {
    return send(Verb::rcpt, options_.prelude.crosses.rcpt_to, 0);
  }
  say_ehlo();
}

void Session::tls_failed(std::string_view why) {
  if (ended()) return;
  const bool crosses = options_.prelude.crossing != Crossing::none;
  end(crosses ? Ending::prelude_refused : Ending::starttls_refused, std::string(why));
}

bool Session::idle() const { return !ended() && !wants_tls_ && due_.empty(); }

bool Session::ended() const { return record_.ending != Ending::not_ended; }

void Session::end(Ending ending, std::string detail) {
  if (parser_.in_line()) record_.transcript.push_back({true, parser_.line()});
  parser_.restart();
  if (ending == Ending::out_of_step) doubt();
  record_.ending = ending;
  record_.ending_detail = std::move(detail);
  output_.clear();
  due_.clear();
  unsent_ = 0;
  wants_tls_ = false;
}

// Once the count is wrong, nobody knows since when: what was under way is not answered.
void Session::doubt() {
  for (std::size_t i = doubtful_; i < record_.answers.size(); ++i) {
    record_.answers[i].complete = false;
  }
}

// What has come of a reply, else the last one.
std::string Session::last_words() const {
  if (parser_.in_line()) return parser_.line();
  if (parser_.in_reply()) return record_.transcript.back().bytes;
  return last_reply_.code == 0 ? "" : in_one_line(last_reply_);
}

void Session::note(std::string oddity) {
  auto& known = record_.oddities;
  if (std::find(known.begin(), known.end(), oddity) == known.end()) {
    known.push_back(std::move(oddity));
  }
}

}  // namespace relayproof::smtp
