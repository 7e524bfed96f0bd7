// What each command's reply leads to.
#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "smtp/session.h"

namespace relayproof::smtp {
namespace {

constexpr int service_ready = 220;
constexpr int service_closing = 221;
constexpr int service_not_available = 421;
constexpr int start_mail_input = 354;

// RFC 5321 4.2.4: it does not know the command, which says nothing about the one before.
bool means_not_implemented(const mail::Reply& reply) {
  return reply.code == 500 || reply.code == 502;
}

}  // namespace

void Session::answered(const Command& command, const mail::Reply& reply) {
  const bool may_be_intermediate = command.verb == Verb::data || command.verb == Verb::greeting;
  if (reply.is_intermediate() && !may_be_intermediate) {
    note(std::string(to_string(command.verb)) + " answered with " + std::to_string(reply.code));
  }
  switch (command.verb) {
    case Verb::greeting:
      return greeted(reply);
    case Verb::ehlo:
      return ehlo_answered(reply);
    case Verb::helo:
      return helo_answered(reply);
    case Verb::prelude:
      return prelude_answered(reply);
    case Verb::starttls:
      return starttls_answered(reply);
    case Verb::mail:
      return mail_answered(command.attempt, reply);
    case Verb::first_rcpt:  // whatever it was: the next one is what is asked about
      if (!batch_) {
        const mail::Attempt& attempt = record_.answers[command.attempt].attempt;
        send(Verb::rcpt, attempt.rcpt_to, command.attempt);
      }
      return;
    case Verb::rcpt:
      return rcpt_answered(command.attempt, reply);
    case Verb::data:
      return data_answered(command.attempt, reply);
    case Verb::message:
      return message_answered(command.attempt, reply);
    case Verb::rset:
      return rset_answered(reply);
    case Verb::quit:
      // In its place stands the answer to a RCPT: a step was missed.
      if (closing_ && reply.code != service_closing) {
        return end(Ending::out_of_step, in_one_line(reply));
      }
      return end(Ending::quit, in_one_line(reply));
  }
}

// RFC 5321 3.8: 421 may answer any command.
void Session::service_closes(const Command& command, const mail::Reply& reply) {
  if (command.verb == Verb::ehlo || command.verb == Verb::helo) record_.ehlo = reply;
  if (command.attempt < record_.answers.size()) {
    Answers& answers = record_.answers[command.attempt];
    const bool mail_taken = answers.mail && answers.mail->is_positive();
    if (command.verb == Verb::mail) answers.mail = reply;
    if (command.verb == Verb::rcpt && mail_taken) answers.rcpt = reply;
    if (command.verb == Verb::data) answers.data = reply;
    if (command.verb == Verb::message) answers.message = reply;
  }
  end(Ending::service_closing, in_one_line(reply));
}

void Session::say_ehlo() {
  if (is_sendable(options_.helo)) {
    send(options_.prelude.knows_ehlo ? Verb::ehlo : Verb::helo, options_.helo);
  } else {
    end(Ending::helo_refused, "not sent: the name has a line end or NUL in it");
  }
}

void Session::greeted(const mail::Reply& reply) {
  record_.greeting = reply;
  if (!reply.is_positive()) return end(Ending::greeting_refused, in_one_line(reply));
  if (reply.code != service_ready) note("greeted with " + std::to_string(reply.code));
  if (options_.prelude.says_hello) say_ehlo();
}

void Session::ehlo_answered(const mail::Reply& reply) {
  const bool renamed = std::exchange(renaming_, false);
  if (renamed && !reply.is_positive() && last_was_taken() && !means_not_implemented(reply)) {
    return miss_a_step(reply);
  }
  record_.ehlo = reply;
  if (reply.is_positive()) {
    transaction_ = false;
    record_.extensions = extensions_of(reply);
    return hello_done();
  }
  if (opened_) return end(Ending::prelude_refused, in_one_line(reply));
  // RFC 5321 3.2 names 500 and 502 only; servers refuse EHLO with other codes as well.
  if (reply.is_permanent()) return send(Verb::helo, options_.helo);
  end(Ending::helo_refused, in_one_line(reply));
}

void Session::helo_answered(const mail::Reply& reply) {
  record_.ehlo = reply;
  if (!reply.is_positive()) return end(Ending::helo_refused, in_one_line(reply));
  record_.used_helo = true;
  transaction_ = false;
  hello_done();
}

void Session::hello_done() {
  if (!options_.starttls || record_.tls) return next_of_prelude();
  if (!record_.offers("STARTTLS")) return end(Ending::no_starttls, "STARTTLS is not offered");
  start_tls();
}

void Session::start_tls() {
  const Prelude& prelude = options_.prelude;
  if (prelude.crossing == Crossing::none) return send(Verb::starttls);
  record_.answers.push_back({.attempt = prelude.crosses});
  next_ = record_.answers.size();
  if (!is_sendable(prelude.crosses.mail_from) || !is_sendable(prelude.crosses.rcpt_to)) {
    return end(Ending::prelude_refused, "not sent: a line end is in it");
  }
  if (prelude.crossing == Crossing::carried) return send(Verb::mail, prelude.crosses.mail_from, 0);
  send(Verb::starttls);
  // No reply is owed to them: a server that dropped them says nothing.
  output_ += command_line(Verb::mail, prelude.crosses.mail_from) + "\r\n" +
             command_line(Verb::rcpt, prelude.crosses.rcpt_to) + "\r\n";
}

// Whoever says more than the answers to EHLO and QUIT has answered what came in clear. Which reply
// is the first of them shows at the end only.
void Session::answered_across(const mail::Reply& reply) {
  if (reply.code == service_closing || reply.code == service_not_available) {
    return across_.empty() ? end(Ending::service_closing, in_one_line(reply)) : end_of_crossing();
  }
  across_.push_back(reply);
  if (across_.size() == 1) send(Verb::quit);
}

void Session::end_of_crossing() {
  constexpr std::size_t only_ehlo = 1;
  constexpr std::size_t mail_rcpt_ehlo = 3;
  Answers& answers = record_.answers.front();
  if (across_.size() == only_ehlo) {
    return end(Ending::prelude_refused, "what came in clear was dropped");
  }
  if (across_.size() != mail_rcpt_ehlo) {
    return end(Ending::out_of_step, in_one_line(across_.back()));
  }
  answers.mail = across_[0];
  if (answers.mail->is_positive()) answers.rcpt = across_[1];
  answers.complete = true;
  end(Ending::quit, in_one_line(last_reply_));
}

void Session::next_of_prelude() {
  const auto& commands = options_.prelude.commands;
  if (said_ < commands.size()) send(Verb::prelude, commands[said_++]);
}

void Session::prelude_answered(const mail::Reply& reply) {
  record_.prelude.push_back(reply);
  if (!reply.is_positive() && options_.prelude.must_be_taken) {
    // A question in return (RFC 4954 4) can only be left by hanging up.
    if (reply.is_intermediate()) return end(Ending::prelude_refused, in_one_line(reply));
    prelude_refused_ = true;
    return;
  }
  if (reply.code == service_ready) return say_ehlo();
  next_of_prelude();
}

void Session::starttls_answered(const mail::Reply& reply) {
  // RFC 3207 4: only 220 starts the handshake.
  if (reply.code != service_ready) {
    const bool crosses = options_.prelude.crossing != Crossing::none;
    record_.prelude.push_back(reply);
    return end(crosses ? Ending::prelude_refused : Ending::starttls_refused, in_one_line(reply));
  }
  wants_tls_ = true;
}

void Session::mail_answered(std::size_t attempt, const mail::Reply& reply) {
  Answers& answers = record_.answers[attempt];
  answers.mail = reply;
  current_ = attempt;
  transaction_ = reply.is_positive();
  keeps_ = true;
  const bool carried = options_.prelude.crossing == Crossing::carried && !record_.tls;
  if (carried && reply.is_positive()) return send(Verb::starttls);
  if (!reply.is_positive()) return finish_attempt(attempt);
  if (batch_) return;
  const bool alone = answers.attempt.first_rcpt.empty();
  send(alone ? Verb::rcpt : Verb::first_rcpt,
       alone ? answers.attempt.rcpt_to : answers.attempt.first_rcpt, attempt);
}

void Session::rcpt_answered(std::size_t attempt, const mail::Reply& reply) {
  Answers& answers = record_.answers[attempt];
  if (!answers.mail || !answers.mail->is_positive()) {
    // Sent with its MAIL in one batch; a refusal is what RFC 2920 3.1 makes of it.
    if (reply.is_positive()) note("RCPT taken after a refused MAIL");
    return;
  }
  answers.rcpt = reply;
  keeps_ = keeps_ && reply.is_permanent();
  const bool further = options_.phase != Phase::rcpt && reply.is_positive();
  if (further && batch_) return;  // DATA is on its way
  if (further) return send(Verb::data, {}, attempt);
  finish_attempt(attempt);
  if (batch_ && due_.empty()) confirm_last();
}

bool Session::last_was_taken() const {
  if (!transaction_) return false;
  const auto& rcpt = record_.answers[current_].rcpt;
  return rcpt && rcpt->is_positive();
}

// The yes may be that to MAIL, said twice: the answer to RCPT comes then in place of the next one.
void Session::confirm_last() {
  if (last_was_taken()) send(Verb::rset);
}

void Session::data_answered(std::size_t attempt, const mail::Reply& reply) {
  const bool taken = reply.is_intermediate() || reply.is_positive();
  // Sent with a RCPT that was refused: taken all the same, it can only be left by hanging up.
  if (record_.answers[attempt].complete) {
    if (taken) end(Ending::cut, in_one_line(reply));
    return;
  }
  record_.answers[attempt].data = reply;
  if (taken && reply.code != start_mail_input) {
    note("DATA answered with " + std::to_string(reply.code));
  }
  if (!taken) return finish_attempt(attempt);
  if (options_.content && options_.phase == Phase::deliver && reply.code == start_mail_input) {
    return send(Verb::message, options_.content(record_.answers[attempt].attempt), attempt);
  }
  record_.answers[attempt].complete = true;
  end(Ending::cut, in_one_line(reply));
}

void Session::message_answered(std::size_t attempt, const mail::Reply& reply) {
  record_.answers[attempt].message = reply;
  transaction_ = false;  // RFC 5321 3.3: either way it is over
  finish_attempt(attempt);
}

// A refusal one place behind a yes may be the answer to that RCPT, and the yes that of MAIL.
void Session::miss_a_step(const mail::Reply& reply) {
  doubtful_ = std::max(doubtful_, current_);
  end(Ending::out_of_step, in_one_line(reply));
}

void Session::rset_answered(const mail::Reply& reply) {
  if (!reply.is_positive()) {
    note("RSET refused with " + std::to_string(reply.code));
    if (last_was_taken() && !means_not_implemented(reply)) return miss_a_step(reply);
  }
  transaction_ = false;
  if (std::exchange(prelude_waits_, false)) return next_of_prelude();
  if (!batch_) ask_next();
}

void Session::finish_attempt(std::size_t attempt) {
  record_.answers[attempt].complete = true;
  if (batch_) return;
  next_ = attempt + 1;
  ask_next();
}

void Session::go_on(std::string helo, Prelude prelude, bool pipelining) {
  assert(idle());
  if (!idle()) return;
  const bool renamed = helo != options_.helo;
  options_.helo = std::move(helo);
  options_.prelude = std::move(prelude);
  options_.pipelining = pipelining;
  said_ = 0;
  prelude_refused_ = false;
  if (renamed) {
    transaction_ = false;
    return say_ehlo();
  }
  if (transaction_) {
    send(Verb::rset);
    prelude_waits_ = !options_.pipelining || !record_.offers("PIPELINING");
    if (prelude_waits_) return;
  }
  next_of_prelude();
}

void Session::quit() {
  assert(idle());
  if (idle()) send(Verb::quit);
}

void Session::quit_unheard() {
  quit();
  unheard_ = true;
}

void Session::send(Verb verb, std::string_view argument, std::size_t attempt) {
  output_ += verb == Verb::message ? stuffed(argument) : command_line(verb, argument) + "\r\n";
  due_.push_back({verb, attempt});
  ++unsent_;
}

}  // namespace relayproof::smtp
