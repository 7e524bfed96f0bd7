// How attempts are asked: in one batch, or command by command.
#include <cassert>
#include <string>

#include "smtp/session.h"

namespace relayproof::smtp {

// DATA ends its group (RFC 2920 3.1), and a 354 the session: of several only one can be asked.
bool Session::may_batch(std::size_t attempts) const {
  const bool phase =
      options_.phase == Phase::rcpt || (options_.phase == Phase::data && attempts == 1);
  return options_.pipelining && phase && record_.offers("PIPELINING");
}

void Session::ask(const std::vector<mail::Attempt>& attempts, const Behind& behind) {
  assert(idle());
  if (!idle()) return;
  doubtful_ = record_.answers.size();
  for (const mail::Attempt& attempt : attempts) {
    record_.answers.push_back({.attempt = attempt});
  }
  batch_ = may_batch(attempts.size());
  if (batch_) {
    ask_batch();
    if (options_.phase == Phase::rcpt) send_behind(behind);
  } else {
    ask_next();
  }
}

// RFC 2920 3.1: EHLO and QUIT may only be the last of a group.
void Session::send_behind(const Behind& behind) {
  closing_ = behind.quit;
  if (behind.quit) return send(Verb::quit);
  if (behind.reset) return send(Verb::rset);
  if (behind.hello.empty() || !is_sendable(behind.hello)) return;
  options_.helo = behind.hello;
  options_.prelude = {};
  said_ = 0;
  renaming_ = true;
  send(Verb::ehlo, behind.hello);
}

// RFC 2920 3.1: MAIL, RCPT and RSET may stand anywhere in a group of commands.
void Session::ask_batch() {
  bool reset_first = transaction_;
  for (; next_ < record_.answers.size(); ++next_) {
    if (skip_unsendable()) continue;
    const mail::Attempt& attempt = record_.answers[next_].attempt;
    if (reset_first) send(Verb::rset);
    send(Verb::mail, attempt.mail_from, next_);
    if (!attempt.first_rcpt.empty()) send(Verb::first_rcpt, attempt.first_rcpt, next_);
    send(Verb::rcpt, attempt.rcpt_to, next_);
    if (options_.phase == Phase::data) send(Verb::data, {}, next_);
    reset_first = true;
  }
}

void Session::ask_next() {
  while (next_ < record_.answers.size() && skip_unsendable()) ++next_;
  if (next_ >= record_.answers.size()) return confirm_last();
  if (goes_on_in_transaction()) {
    Answers& answers = record_.answers[next_];
    answers.mail = record_.answers[current_].mail;
    current_ = next_;
    return send(Verb::rcpt, answers.attempt.rcpt_to, next_);
  }
  if (transaction_) return send(Verb::rset);
  send(Verb::mail, record_.answers[next_].attempt.mail_from, next_);
}

// The answer to its MAIL stands for this attempt, too.
bool Session::goes_on_in_transaction() const {
  if (!options_.keeps_transaction || !transaction_ || !keeps_) return false;
  const mail::Attempt& now = record_.answers[current_].attempt;
  const mail::Attempt& next = record_.answers[next_].attempt;
  return options_.phase == Phase::rcpt && now.mail_from == next.mail_from &&
         now.first_rcpt.empty() && next.first_rcpt.empty();
}

bool Session::skip_unsendable() {
  const mail::Attempt& attempt = record_.answers[next_].attempt;
  const bool sendable = is_sendable(attempt.mail_from) && is_sendable(attempt.rcpt_to) &&
                        is_sendable(attempt.first_rcpt);
  if (sendable) return false;
  note("an attempt with a line end or NUL in it was not sent");
  return true;
}

}  // namespace relayproof::smtp
