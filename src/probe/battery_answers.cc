// What each answer leads to: an outcome, another sender, a twin.
#include <algorithm>
#include <iterator>
#include <utility>

#include "probe/battery.h"

namespace relayproof::probe {
namespace {

// Three forms that got as far as the 354 are enough to know that DATA is open as RCPT is.
constexpr std::size_t data_samples = 3;

bool is_control(const Question& question) { return question.technique == nullptr; }

Outcome outcome_of(const Question& question, mail::Attempt attempt, const Reading& reading) {
  Outcome outcome;
  outcome.technique = question.name;
  outcome.recipient_form = question.recipient_form;
  outcome.prelude = question.prelude;
  outcome.attempt = std::move(attempt);
  outcome.phase = reading.phase;
  outcome.helo_refused = reading.helo_refused;
  outcome.mail_refused = reading.mail_refused;
  outcome.kind = reading.kind;
  outcome.refused_as = reading.refused_as;
  outcome.reply = reading.reply;
  return outcome;
}

}  // namespace

// A sender that may be malformed is tried by one question first: where it is refused, the others
// are asked with another sender at once, and make no errors of which servers bear only a few.
bool Battery::waits_for_its_sender(const Question& question) const {
  return senders_on_trial_.count(question.sender_forms.front()) != 0;
}

bool Battery::awaits_a_sender() const {
  return std::any_of(pending_.begin(), pending_.end(),
                     [&](const Question& question) { return waits_for_its_sender(question); });
}

void Battery::learn_of_sender(const Question& question, const Reading& reading) {
  const bool taken = reading.kind != OutcomeKind::not_run && !reading.sender_refused;
  const std::string_view sender = question.sender_forms.front();
  if (taken && may_be_malformed(sender)) taken_senders_.insert(sender);
}

void Battery::add(Question question) {
  if (left_out_.count(question.prelude) != 0) return;
  if (refused_senders_.count(question.sender_forms.front()) != 0) {
    Reading reading;
    reading.reply = refused_senders_.at(question.sender_forms.front());
    reading.refused_as = RefusedAs::sender;
    if (!is_control(question)) not_run(question, reading, "the sender was refused before");
    stand_in(std::move(question));
    return;
  }
  pending_.push_back(std::move(question));
}

// Asks the question again with the next sender that was not refused yet. False if there is none,
// or if another question asks the same recipient.
bool Battery::stand_in(Question question) {
  if (is_covered(question)) return false;
  auto& forms = question.sender_forms;
  forms.erase(forms.begin());
  while (!forms.empty() && refused_senders_.count(forms.front()) != 0) forms.erase(forms.begin());
  if (forms.empty()) return false;
  question.cut = 0;
  // Only the recipient is in question now, and a well-spelt sender makes it no error.
  question.lock_step = !is_control(question) && question.technique->malformed;
  pending_.push_front(std::move(question));
  return true;
}

// What still waits to be asked with a sender that was refused.
void Battery::stand_in_for_all(std::string_view sender_form) {
  const auto begin = std::stable_partition(
      pending_.begin(), pending_.end(),
      [&](const Question& question) { return question.sender_forms.front() != sender_form; });
  const std::vector<Question> same(std::make_move_iterator(begin),
                                   std::make_move_iterator(pending_.end()));
  pending_.erase(begin, pending_.end());
  for (const auto& question : same) add(question);
}

bool Battery::is_covered(const Question& question) const {
  if (is_control(question)) return false;
  const Asked form = asked_form(question, question.recipient_form);
  if (recipients_answered_.count(form) != 0 || recipients_under_way_.count(form) != 0) return true;
  return std::any_of(pending_.begin(), pending_.end(), [&](const Question& other) {
    return !is_control(other) && other.helo == question.helo && other.prelude == question.prelude &&
           other.recipient_form == question.recipient_form &&
           other.first_form == question.first_form &&
           refused_senders_.count(other.sender_forms.front()) == 0;
  });
}

void Battery::answer(Conversation& with, const Question& question, const Reading& reading) {
  if (question.phase != smtp::Phase::rcpt) return answer_data(question, reading);
  if (reading.sender_refused) {
    // A refusal at RCPT may depend on the recipient as well, so only MAIL's is remembered.
    if (reading.reply && reading.mail_refused) {
      refused_senders_.emplace(question.sender_forms.front(), *reading.reply);
      stand_in_for_all(question.sender_forms.front());
    }
    if (!is_control(question)) not_run(question, reading, "the sender was refused");
    if (stand_in(question)) return;
    if (!is_control(question)) return;
  }
  const mail::Attempt attempt = question.attempt(helo_of(question.helo));
  if (is_control(question)) {
    if (question.name == unknown_control) with.unknown_asked_here = true;
    Control control{question.name,      attempt,       reading.kind,
                    reading.refused_as, reading.reply, question.prelude};
    controls_.emplace_back(question, std::move(control));
    return;
  }
  recipients_answered_.insert(asked_form(question, question.recipient_form));
  outcomes_.emplace_back(question, outcome_of(question, attempt, reading));
  if (reading.kind == OutcomeKind::accepted) ask_twin_of(with, question);
}

void Battery::answer_data(const Question& question, const Reading& reading) {
  if (is_control(question)) {
    Control control{question.name, question.attempt(helo_of(question.helo)),
                    reading.kind,  reading.refused_as,
                    reading.reply, question.prelude};
    if (reading.kind == OutcomeKind::accepted) control.token = question.token;
    controls_.emplace_back(question, std::move(control));
    return;
  }
  for (auto& [asked, outcome] : outcomes_) {
    if (asked.technique != question.technique || outcome.kind != OutcomeKind::accepted) continue;
    if (reading.phase != "data") continue;  // taken once, refused now: what was found stays
    outcome.phase = "data";
    outcome.kind = reading.kind;
    outcome.refused_as = reading.refused_as;
    if (reading.kind != OutcomeKind::accepted) outcome.reply = reading.reply;
    data_taken_ += reading.kind == OutcomeKind::accepted ? 1 : 0;
  }
  if (data_taken_ >= data_samples && !options_.delivery) pending_.clear();
}

void Battery::ask_twin_of(Conversation& with, const Question& question) {
  if (question.technique->twin.empty()) {
    ask_again_here(with, question);
    return ask_unknown_here(with, question);  // which is asked first
  }
  const auto key = asked_form(question, question.technique->twin);
  if (twins_.count(key) != 0) return;
  Question twin = ask_twin(question, fill());
  twins_.emplace(key, twin.name);
  pending_.push_front(std::move(twin));
}

// Some take the first few recipients of all, whoever they are: a yes that is none a moment later.
void Battery::ask_again_here(Conversation& with, const Question& question) {
  if (std::exchange(with.asked_again_here, true)) return;
  Question again = question;
  again.technique = nullptr;
  again.name = std::string(again_control) + question.name;
  again.fill.token = options_.token();
  ask_here(with, std::move(again));
}

// A balancer may lead each connection to another server: a yes counts beside the no of the same
// one.
void Battery::ask_unknown_here(Conversation& with, const Question& question) {
  const OwnDomain own = find_own_domain(asked_at());
  if (own.domain.empty() || std::exchange(with.unknown_asked_here, true)) return;
  Question control =
      ask_control(std::string(unknown_control), "<{nobody}@" + own.domain + ">", fill());
  control.helo = question.helo;
  control.prelude = question.prelude;
  control.lock_step = question.lock_step;
  ask_here(with, std::move(control));
}

void Battery::ask_here(Conversation& with, Question question) {
  with.here.push_front(std::move(question));
  ++under_way_;
}

void Battery::not_run(const Question& question, const Reading& reading, std::string why) {
  const mail::Attempt attempt = question.attempt(helo_of(question.helo));
  if (is_control(question)) {
    controls_.emplace_back(question, Control{question.name, attempt, OutcomeKind::not_run,
                                             reading.refused_as, reading.reply, question.prelude});
    return;
  }
  if (question.phase != smtp::Phase::rcpt) return;  // what RCPT said stays
  Outcome outcome = outcome_of(question, attempt, reading);
  outcome.kind = OutcomeKind::not_run;
  outcome.not_run_because = std::move(why);
  outcomes_.emplace_back(question, std::move(outcome));
}

}  // namespace relayproof::probe
