// What is asked in a session, and what it goes on with.
#include <algorithm>
#include <utility>

#include "probe/asking.h"
#include "probe/prelude.h"

namespace relayproof::probe {
namespace {

using techniques::Prelude;

constexpr std::size_t lock_step_portion = 4;

std::size_t left(std::size_t most, std::size_t used) { return most - std::min(most, used); }

std::size_t malformed_of(const Conversation& with) {
  return static_cast<std::size_t>(
      std::count_if(with.asked.begin(), with.asked.end(),
                    [](const Question& question) { return question.lock_step; }));
}

bool is_header(Prelude claim) {
  return claim == Prelude::proxy_loopback || claim == Prelude::proxy_binary_loopback;
}

bool was_refused(const smtp::Answers& answers) {
  const bool taken = answers.rcpt && answers.rcpt->is_positive();
  const bool refused_later = (answers.data && answers.data->is_permanent()) ||
                             (answers.message && answers.message->is_permanent());
  return answers.complete && (!taken || refused_later);
}

}  // namespace

SessionKind Asking::as_asked(SessionKind kind) const {
  kind.mixed = mixes_;
  kind.lock_step = kind.lock_step && !mixes_;
  return kind;
}

// What goes before the greeting must be known when the connection is opened: a header, or a
// certificate; and so must how far its questions go.
void Asking::fix(Visit& visit) {
  const auto kind = ever_answered_ ? first_kind(true) : std::nullopt;
  if (!kind) return;
  visit.kind = as_asked(*kind);
  visit.begun = true;
}

// The kind that a session begins with. What can only be asked in a session of its own goes first.
std::optional<SessionKind> Asking::first_kind(bool before_the_greeting) {
  const bool implicit = options_.target.tls == mail::TlsMode::implicit;
  const auto fits = [&](const SessionKind& kind) {
    const bool certificate = kind.prelude == Prelude::client_certificate;
    if (certificate && !asks_for_certificate_.value_or(false)) return false;
    const bool is_before =
        kind.phase != smtp::Phase::rcpt || is_header(kind.prelude) || (certificate && implicit);
    return is_before == before_the_greeting;
  };
  const auto alone = battery_.next_session(
      [&](const SessionKind& kind) { return fits(kind) && needs_its_own(kind); });
  return alone ? alone : battery_.next_session(fits);
}

smtp::SessionOptions Asking::session_options(Visit& visit) {
  smtp::SessionOptions options;
  options.starttls = options_.target.tls == mail::TlsMode::starttls;
  options.pipelining = !visit.kind.lock_step || mixes_;
  options.keeps_transaction = keeps_transaction(result_.software);
  options.phase = visit.kind.phase;
  options.content = [this, &visit](const mail::Attempt& attempt) {
    return battery_.letter_for(visit.with, attempt);
  };
  if (visit.begun) {
    options.prelude = claim(visit);
    options.helo = visit.kind.helo;
    visit.hellos = 1;
  } else {
    options.prelude.says_hello = false;
  }
  return options;
}

// What it will ask is its own from now on.
smtp::Prelude Asking::claim(Visit& visit) {
  const bool one = crosses_tls(visit.kind.prelude);
  const Room most = one ? Room{1, 1, false} : portion(visit, room(visit));
  visit.attempts = battery_.next(visit.with, visit.kind, most);
  if (visit.kind.prelude == Prelude::none) return {};
  auto prelude = prelude_of(visit.kind.prelude, battery_.new_token(), battery_.own_domain());
  if (one && !visit.attempts.empty()) prelude.crosses = visit.attempts.front();
  return prelude;
}

// Greeted, and nothing said yet. Until the first session has got an answer, nobody has a question.
void Asking::begin(smtp::Session& dialogue, Visit& visit) {
  visit.begun = true;
  auto kind = ever_answered_ ? first_kind(false) : std::nullopt;
  if (!kind && ever_answered_) kind = kind_to_come();
  visit.kind = as_asked(kind ? *kind : battery_.plain_kind());
  const smtp::Prelude prelude = ever_answered_ ? claim(visit) : smtp::Prelude{};
  if (!prelude.says_hello) return;
  ++visit.hellos;
  dialogue.go_on(visit.kind.helo, prelude, !visit.kind.lock_step || mixes_);
}

// What will be due when the own domain is known, and takes the longest: no name at all, or another
// one. Each but once.
std::optional<SessionKind> Asking::kind_to_come() const {
  if (!mixes_ || battery_.is_at_home()) return std::nullopt;
  for (auto [kind, number] : battery_.forecast()) {
    const bool nameless = kind.prelude == Prelude::no_hello;
    const bool named = kind.prelude == Prelude::none &&
                       kind.helo_form != techniques::HeloForm::ours &&
                       kind.helo_form != techniques::HeloForm::own_domain;
    const auto is_taken =
        std::any_of(open_.begin(), open_.end(), [&, one = kind](const auto& other) {
          return other->begun && other->kind.prelude == one.prelude &&
                 other->kind.helo_form == one.helo_form;
        });
    if (is_taken || !(nameless || named)) continue;
    kind.helo = battery_.helo_of(kind.helo_form);
    return kind;
  }
  return std::nullopt;
}

net::Task<void> Asking::talk(net::Stream& stream, smtp::Session& dialogue, Visit& visit) {
  co_await exchange(stream, dialogue, visit.kind);
  if (dialogue.idle() && !visit.begun) {
    meet(dialogue.record());
    begin(dialogue, visit);
    co_await exchange(stream, dialogue, visit.kind);
  }
  if (dialogue.idle()) {
    meet(dialogue.record());
    learn(stream, dialogue.record());
  }
  if (crosses_tls(visit.kind.prelude)) {
    co_await cross_tls(stream, dialogue, visit);
  } else {
    co_await go_through(stream, dialogue, visit);
  }
  visit.leaving = true;
  battery_.take(visit.with, {});  // it never came to asking
  if (visit.ahead) battery_.take(visit.ahead->with, {});
}

net::Task<void> Asking::cross_tls(net::Stream& stream, smtp::Session& dialogue, Visit& visit) {
  take(dialogue.record(), visit);
  if (dialogue.idle()) leave(dialogue);
  co_await exchange(stream, dialogue, visit.kind);
}

net::Task<void> Asking::go_through(net::Stream& stream, smtp::Session& dialogue, Visit& visit) {
  while (dialogue.idle()) {
    const bool goes_on = next_step(dialogue, visit);
    consider();
    if (!goes_on && may_wait(visit)) {
      ++waits_;
      co_await answers_.wait();
      --waits_;
      continue;
    }
    if (!goes_on) {
      visit.leaving = true;
      leave(dialogue);
    }
    co_await exchange(stream, dialogue, visit.kind);
    take(dialogue.record(), visit);
  }
}

// The next session may be opened when the server knows that this one is over: it counts them, too.
void Asking::leave(smtp::Session& dialogue) const {
  if (pauses_at_quit(result_.software)) return dialogue.quit_unheard();
  dialogue.quit();
}

// For what the answers to others lead to; somebody must be there to get one.
bool Asking::may_wait(const Visit& visit) const {
  if (over_ || visit.with.had_enough || open_.size() <= waits_ + 1) return false;
  if (visit.asked > 0 && visit.kind.prelude != Prelude::none) return false;
  if (room(visit).questions == 0) return false;
  return !battery_.is_at_home() || battery_.awaits_a_sender();
}

// Asks, or becomes a session of another kind. False: there is nothing for it.
bool Asking::next_step(smtp::Session& dialogue, Visit& visit) {
  if (dialogue.prelude_refused()) {
    refuse_prelude(dialogue, visit);
  } else if (visit.ahead) {
    visit.kind = std::move(visit.ahead->kind);
    visit.with.asked = std::move(visit.ahead->with.asked);
    visit.attempts = std::move(visit.ahead->attempts);
    visit.changed = true;
    visit.ahead.reset();
  }
  const Room most = room(visit);
  if (visit.attempts.empty() && !dialogue.prelude_refused()) {
    visit.attempts = battery_.next(visit.with, visit.kind, portion(visit, most));
  }
  if (battery_.is_at_home()) tell_that_at_home();
  if (visit.attempts.empty()) return most.questions > 0 && change(dialogue, visit, most);
  ask(dialogue, visit, most);
  return true;
}

void Asking::refuse_prelude(const smtp::Session& dialogue, Visit& visit) {
  battery_.take(visit.with, {});
  visit.attempts.clear();
  battery_.prelude_refused(visit.kind, refusal_of_prelude(dialogue.record()));
  ++visit.errors;
  ++visit.violations;
}

void Asking::ask(smtp::Session& dialogue, Visit& visit, Room most) {
  const auto attempts = std::exchange(visit.attempts, {});
  smtp::Behind behind;
  if (dialogue.may_batch(attempts.size())) {
    const Room rest{left(most.questions, attempts.size()),
                    left(most.malformed, malformed_of(visit.with)), false};
    behind.reset = battery_.takes_something();
    behind.quit = rest.questions == 0 && !behind.reset && !pauses_at_quit(result_.software);
    if (!behind.quit && !behind.reset && look_ahead(visit, rest)) {
      behind.hello = visit.ahead->kind.helo;
    }
  }
  dialogue.ask(attempts, behind);
  visit.with.closing = dialogue.closing();
}

// EHLO may be the last of a group (RFC 2920 3.1): the next name costs no round trip then.
bool Asking::look_ahead(Visit& visit, Room rest) {
  if (rest.questions == 0 || visit.kind.prelude != Prelude::none) return false;
  const auto next = battery_.next_session([&](const SessionKind& kind) {
    return may_rename(visit, kind) && kind.phase == visit.kind.phase &&
           (!kind.lock_step || rest.malformed > 0);
  });
  if (!next) return false;
  Leg leg;
  leg.kind = as_asked(*next);
  leg.attempts = battery_.next(leg.with, leg.kind, rest);
  if (leg.attempts.empty()) return false;
  ++visit.hellos;
  visit.ahead = std::move(leg);
  return true;
}

// The next kind of session, if this one can become it: connections cost the most, and are what
// servers limit most tightly. False: it cannot, or there is none.
bool Asking::change(smtp::Session& dialogue, Visit& visit, Room most) {
  if (visit.with.had_enough) return false;
  const auto next = battery_.next_session([&](const SessionKind& kind) {
    return (!kind.lock_step || most.malformed > 0) && can_become(dialogue, visit, kind);
  });
  if (!next) return false;
  visit.hellos += next->helo_form != visit.kind.helo_form || !dialogue.record().ehlo ? 1 : 0;
  visit.kind = as_asked(*next);
  visit.changed = true;
  const smtp::Prelude prelude = claim(visit);
  dialogue.go_on(visit.kind.helo, prelude, !visit.kind.lock_step || mixes_);
  return true;
}

// Another name where the server is known to take a second EHLO as it comes; a login behind what was
// asked without, or where the last one was refused.
bool Asking::can_become(const smtp::Session& dialogue, const Visit& visit,
                        const SessionKind& next) const {
  const SessionKind& now = visit.kind;
  const bool in_clear_of_claims = mixes_ && now.prelude == Prelude::none;
  if (next.phase != now.phase || (!mixes_ && next.lock_step != now.lock_step)) return false;
  if (is_login(next.prelude)) {
    const bool same_name = next.helo_form == now.helo_form;
    if (is_login(now.prelude)) {
      return same_name && dialogue.prelude_refused() && !dialogue.in_transaction();
    }
    return in_clear_of_claims && !logins_apart_ && (same_name || visit.hellos < dose_.hellos);
  }
  const bool says_first_hello = now.prelude == Prelude::no_hello && !dialogue.record().ehlo;
  if (now.prelude != Prelude::none && !says_first_hello) return false;
  return may_rename(visit, next);
}

bool Asking::may_rename(const Visit& visit, const SessionKind& next) const {
  const bool other = next.helo_form != visit.kind.helo_form || visit.hellos == 0;
  return mixes_ && other && next.prelude == Prelude::none && visit.hellos < dose_.hellos;
}

net::Task<void> Asking::exchange(net::Stream& stream, smtp::Session& dialogue,
                                 const SessionKind& kind) {
  net::Handshake how = handshake(kind);
  co_await converse(stream, dialogue, std::move(how), options_.waits, network_.clock());
}

// Hands the new answers to the battery, and counts what the server counts.
void Asking::take(const smtp::Record& record, Visit& visit) {
  const std::vector<smtp::Answers> fresh(
      record.answers.begin() + static_cast<std::ptrdiff_t>(visit.asked), record.answers.end());
  // An EHLO or a login alone: what is to be asked behind it is not on its way yet.
  if (fresh.empty()) return;
  visit.asked = record.answers.size();
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const bool malformed = i < visit.with.asked.size() && visit.with.asked[i].lock_step;
    const bool error = was_refused(fresh[i]);
    const bool violation = dose_.by_its_words ? calls_it_a_violation(fresh[i]) : malformed && error;
    visit.answered += fresh[i].complete ? 1 : 0;
    visit.errors += error ? 1 : 0;
    visit.violations += violation ? 1 : 0;
  }
  const std::size_t before = battery_.answered();
  battery_.take(visit.with, fresh);
  if (options_.progress) options_.progress(battery_.answered() - before);
  if (waits_ > 0) answers_.tell();
}

// How much more this session bears, if each were refused.
Room Asking::room(const Visit& visit) const {
  const std::size_t by_count = left(dose_.attempts, visit.asked);
  const std::size_t malformed = std::min(by_count, left(dose_.malformed, visit.violations));
  std::size_t questions =
      visit.kind.lock_step ? malformed : std::min(by_count, left(dose_.errors, visit.errors));
  if (visit.kind.phase == smtp::Phase::data) questions = std::min<std::size_t>(questions, 1);
  return {questions, std::min(malformed, questions), false};
}

// Command by command the number of attempts is what takes the time: they go to whoever is free.
Room Asking::portion(const Visit& visit, Room most) const {
  if (pipelines_ || !ever_answered_ || visit.kind.phase != smtp::Phase::rcpt) return most;
  const std::size_t share = battery_.waiting() / std::max<std::size_t>(open_.size(), 1) + 1;
  const std::size_t questions = std::min({most.questions, lock_step_portion, share});
  return {questions, std::min(most.malformed, questions), keeps_transaction(result_.software)};
}

}  // namespace relayproof::probe
