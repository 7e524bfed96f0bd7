// What is handed out and comes back, and the report. What is asked in which order is in
// battery_stages.cc, what each answer leads to in battery_answers.cc.
#include "probe/battery.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "probe/classify.h"

namespace relayproof::probe {
namespace {

bool same_kind(const Question& question, const SessionKind& kind) {
  return question.helo == kind.helo_form && question.prelude == kind.prelude &&
         (kind.mixed || question.lock_step == kind.lock_step) && question.phase == kind.phase;
}

// Their sessions begin alike.
bool same_claim(const Question& question, const SessionKind& kind) {
  return question.helo == kind.helo_form && question.prelude == kind.prelude;
}

}  // namespace

Battery::Battery(BatteryOptions options, ServerNames names)
    : options_(std::move(options)), names_(std::move(names)) {}

void Battery::learn(const smtp::Record& record) { probe::learn(names_, record); }

std::optional<SessionKind> Battery::next_session(const Fits& fits) {
  // The very first session only learns names, before there is a question.
  if (stage_ == Stage::opening && pending_.empty() && candidates_.empty()) {
    return plain_kind();
  }
  advance();
  for (const auto& question : pending_) {
    if (waits_for_its_sender(question)) continue;
    SessionKind kind = kind_of(question);
    if (fits && !fits(kind)) continue;
    kind.helo = helo_of(kind.helo_form);
    return kind;
  }
  return std::nullopt;
}

bool Battery::is_over() {
  if (stage_ == Stage::opening && pending_.empty() && candidates_.empty()) return false;
  advance();
  return std::all_of(pending_.begin(), pending_.end(),
                     [&](const Question& question) { return waits_for_its_sender(question); });
}

SessionKind Battery::kind_of(const Question& question) {
  return {.helo_form = question.helo,
          .prelude = question.prelude,
          .lock_step = question.lock_step,
          .phase = question.phase};
}

std::vector<std::pair<SessionKind, std::size_t>> Battery::forecast() const {
  std::vector<std::pair<SessionKind, std::size_t>> kinds;
  const auto count = [&](SessionKind kind) {
    for (auto& [known, number] : kinds) {
      if (known.helo_form != kind.helo_form || known.prelude != kind.prelude ||
          known.lock_step != kind.lock_step || known.phase != kind.phase) {
        continue;
      }
      ++number;
      return;
    }
    kinds.emplace_back(std::move(kind), 1);
  };
  for (const auto& question : pending_) count(kind_of(question));
  if (is_at_home()) return kinds;
  for (const auto* row : options_.techniques) {
    count({.helo_form = row->helo, .prelude = row->prelude, .lock_step = row->malformed});
  }
  return kinds;
}

std::vector<mail::Attempt> Battery::next(Conversation& with, const SessionKind& kind, Room room) {
  advance();
  std::vector<mail::Attempt> attempts;
  if (with.had_enough) return attempts;
  hand_out_what_is_for(with, kind, room, attempts);
  for (const bool any : {false, true}) {
    if (!any && !room.alike) continue;
    for (auto it = pending_.begin(); it != pending_.end() && room.questions > 0;) {
      if (!is_due(*it, kind, room) || (!any && it->sender_forms.front() != with.sender)) {
        ++it;
        continue;
      }
      Question question = std::move(*it);
      it = pending_.erase(it);
      attempts.push_back(hand_out(with, kind, room, std::move(question)));
    }
  }
  return attempts;
}

bool Battery::is_due(const Question& question, const SessionKind& kind, const Room& room) const {
  return same_kind(question, kind) && !waits_for_its_sender(question) &&
         (!question.lock_step || room.malformed > 0);
}

void Battery::hand_out_what_is_for(Conversation& with, const SessionKind& kind, Room& room,
                                   std::vector<mail::Attempt>& attempts) {
  while (!with.here.empty() && room.questions > 0 && is_due(with.here.front(), kind, room)) {
    Question question = std::move(with.here.front());
    with.here.pop_front();
    --under_way_;
    attempts.push_back(hand_out(with, kind, room, std::move(question)));
  }
}

mail::Attempt Battery::hand_out(Conversation& with, const SessionKind& kind, Room& room,
                                Question question) {
  const std::string_view sender = question.sender_forms.front();
  const bool on_trial = may_be_malformed(sender) && taken_senders_.count(sender) == 0;
  if (on_trial) senders_on_trial_.insert(sender);
  --room.questions;
  room.malformed -= question.lock_step ? 1 : 0;
  with.sender = sender;
  if (question.technique != nullptr) {
    recipients_under_way_.insert(asked_form(question, question.recipient_form));
  }
  mail::Attempt attempt = question.attempt(kind.helo);
  with.asked.push_back(std::move(question));
  ++under_way_;
  return attempt;
}

// What could not be asked in its session any more is asked in another one.
void Battery::give_back(Conversation& with) {
  under_way_ -= with.here.size();
  pending_.insert(pending_.begin(), std::make_move_iterator(with.here.begin()),
                  std::make_move_iterator(with.here.end()));
  with.here.clear();
}

Question Battery::take_back(Conversation& with) {
  Question question = std::move(with.asked.front());
  with.asked.pop_front();
  --under_way_;
  return question;
}

void Battery::is_back(const Question& question) {
  if (question.technique == nullptr) return;
  const auto form = recipients_under_way_.find(asked_form(question, question.recipient_form));
  recipients_under_way_.erase(form);
}

void Battery::take(Conversation& with, const std::vector<smtp::Answers>& answers) {
  std::vector<Question> again;
  bool cut_short = false;
  for (const auto& question : with.asked) senders_on_trial_.erase(question.sender_forms.front());
  for (const auto& one : answers) {
    if (with.asked.empty()) break;
    Question question = take_back(with);
    const Reading reading = read(one);
    learn_of_sender(question, reading);
    if (is_to_be_asked_again(with, question, reading)) {
      with.had_enough = with.had_enough || reading.refused_as == RefusedAs::rate;
      again.push_back(std::move(question));
      continue;
    }
    if (reading.kind != OutcomeKind::not_run) {
      ++answered_;
      is_back(question);
      answer(with, question, reading);
      continue;
    }
    if (!std::exchange(cut_short, true) && ++question.cut >= 2) {
      is_back(question);
      not_run(question, reading, "the connection ended when this was asked, twice");
    } else {
      again.push_back(std::move(question));
    }
  }
  while (!with.asked.empty()) again.push_back(take_back(with));
  for (const auto& question : again) is_back(question);
  pending_.insert(pending_.begin(), again.begin(), again.end());
  if (answers.empty()) give_back(with);
  if (given_up_) give_up(*given_up_);
}

// "Too much" is an answer to how we ask, not to what: once more, in another session. So is a yes
// that nothing could be asked beside, in the same connection.
bool Battery::is_to_be_asked_again(const Conversation& with, Question& question,
                                   const Reading& reading) {
  const bool too_much = reading.refused_as == RefusedAs::rate && !question.retried;
  if (too_much) question.retried = true;
  const bool taken = reading.kind == OutcomeKind::accepted && question.technique != nullptr;
  takes_something_ = takes_something_ || taken;
  const bool doubtful = taken && with.closing && !question.doubted;
  if (doubtful) question.doubted = true;
  return too_much || doubtful;
}

void Battery::helo_refused(const SessionKind& kind, const mail::Reply& reply) {
  Reading reading;
  reading.kind = reply.is_transient() ? OutcomeKind::deferred : OutcomeKind::refused;
  reading.refused_as = classify(reply, probe::Stage::helo);
  reading.reply = reply;
  reading.helo_refused = true;
  answer_all(kind, reading);
}

void Battery::prelude_refused(const SessionKind& kind, const std::optional<mail::Reply>& reply) {
  Reading reading;
  const bool later = reply && reply->is_transient();
  reading.kind = later ? OutcomeKind::deferred : OutcomeKind::refused;
  reading.refused_as = RefusedAs::policy;
  reading.reply = reply;
  reading.helo_refused = true;
  answer_all(kind, reading);
}

void Battery::answer_all(const SessionKind& kind, const Reading& reading) {
  Conversation over;
  for (const auto& question : pending_) {
    if (same_claim(question, kind)) answer(over, question, reading);
  }
  std::erase_if(pending_, [&](const Question& question) { return same_claim(question, kind); });
}

void Battery::leave_out(techniques::Prelude prelude) {
  left_out_.insert(prelude);
  std::erase_if(pending_, [&](const Question& question) { return question.prelude == prelude; });
}

void Battery::give_up(const std::string& why) {
  given_up_ = why;
  if (candidates_.empty()) advance();
  // What the catalogue would have asked next was not asked either, and must not look as if it had.
  if (stage_ < Stage::catalogue) {
    const Stage before = stage_;
    if (before == Stage::opening || before == Stage::own_domain) ask_catalogue();
  }
  stage_ = Stage::done;
  while (!pending_.empty()) {
    const Question question = std::move(pending_.front());
    pending_.pop_front();
    not_run(question, {}, why);
  }
}

std::string Battery::letter_for(Conversation& with, const mail::Attempt& attempt) {
  for (auto& question : with.asked) {
    if (question.attempt(attempt.helo) != attempt) continue;
    const std::string token = options_.delivery->token(question.name);
    if (question.technique == nullptr) question.token = token;
    for (auto& [asked, outcome] : outcomes_) {
      const bool mine = question.technique != nullptr && asked.technique == question.technique;
      if (mine && outcome.kind == OutcomeKind::accepted) outcome.tokens.push_back(token);
    }
    return options_.delivery->letter(question.name, token);
  }
  return {};
}

std::string Battery::helo_of(techniques::HeloForm form) const {
  switch (form) {
    case techniques::HeloForm::ours:
      return options_.our_helo;
    case techniques::HeloForm::localhost:
      return "localhost";
    case techniques::HeloForm::server_name:
      return primary_host(names_, options_.literal);
    case techniques::HeloForm::server_literal:
      return options_.literal;
    case techniques::HeloForm::own_domain:
      return own_domain();
    case techniques::HeloForm::localhost_localdomain:
      return "localhost.localdomain";
    case techniques::HeloForm::loopback_literal:
      return "[127.0.0.1]";
  }
  return options_.our_helo;
}

Battery::Asked Battery::asked_form(const Question& question, std::string_view form) {
  return {question.helo, question.prelude, std::string(form) + question.first_form};
}

std::string Battery::own_domain() const {
  const bool guessed = own_.domain.empty() && !candidates_.empty();
  const std::string& domain = guessed ? candidates_.front() : own_.domain;
  return domain.empty() ? primary_host(names_, options_.literal) : domain;
}

Filling Battery::fill() const {
  std::string domain = own_domain();
  const std::string host = primary_host(names_, options_.literal);
  if (!values_ || values_->own_domain != domain || values_->host != host) {
    techniques::Fill with;
    with.outside = options_.outside;
    with.second_outside = options_.second_outside;
    with.host = host;
    with.literal = options_.literal;
    with.own_domain = std::move(domain);
    with.user = options_.user;
    with.from = options_.operator_address;
    values_ = std::make_shared<techniques::Fill>(std::move(with));
  }
  return {values_, options_.token()};
}

std::vector<AtDomain> Battery::asked_at() const {
  std::vector<AtDomain> asked;
  for (const auto& [question, control] : controls_) {
    const bool postmaster = control.name == postmaster_control;
    if (!postmaster && control.name != unknown_control) continue;
    // What it takes from who claims something says nothing about the others.
    if (control.prelude != techniques::Prelude::none) continue;
    const std::string& form = question.recipient_form;
    const std::size_t at = form.find('@');
    const std::string domain =
        at == std::string::npos ? "" : form.substr(at + 1, form.size() - at - 2);
    auto entry = std::find_if(asked.begin(), asked.end(),
                              [&](const AtDomain& one) { return one.domain == domain; });
    if (entry == asked.end()) entry = asked.insert(asked.end(), AtDomain{domain, {}, {}});
    Control& known = postmaster ? entry->postmaster : entry->unknown;
    // Asked again: an unknown mailbox that was taken once is not refused, and no answer is none.
    const bool says_less =
        known.kind == OutcomeKind::accepted ||
        (known.kind != OutcomeKind::not_run && control.kind != OutcomeKind::accepted &&
         control.kind != OutcomeKind::refused);
    if (!postmaster && says_less) continue;
    known = control;
  }
  return asked;
}

// Unknown mailboxes at one domain were taken and refused: there is more than one server, or one
// that is not to be believed.
bool Battery::changes_its_mind() const {
  std::map<std::string, OutcomeKind> first;
  for (const auto& [question, control] : controls_) {
    if (control.prelude != techniques::Prelude::none) continue;
    const bool answered =
        control.kind == OutcomeKind::accepted || control.kind == OutcomeKind::refused;
    // What was taken a moment ago is refused: it takes the first few of all.
    if (is_again(control) && control.kind == OutcomeKind::refused &&
        control.refused_as != RefusedAs::rate) {
      return true;
    }
    if (control.name != unknown_control || !answered) continue;
    const auto [entry, added] = first.emplace(question.recipient_form, control.kind);
    if (!added && entry->second != control.kind) return true;
  }
  return false;
}

void Battery::report(DoorResult& result) && {
  const OwnDomain own = find_own_domain(asked_at());
  result.own_domain = own.domain;
  result.postmaster_taken = own.postmaster_taken;
  result.unknown_refused = own.unknown_refused;
  result.refuses_something = own.refuses_something;
  result.changes_its_mind = changes_its_mind();
  if (result.changes_its_mind) result.unknown_refused = result.refuses_something = false;
  for (auto& [question, control] : controls_) result.controls.push_back(std::move(control));
  result.outcomes.reserve(outcomes_.size());
  for (auto& [question, outcome] : outcomes_) {
    if (outcome.kind == OutcomeKind::accepted) {
      const auto twin = twins_.find(asked_form(question, question.technique->twin));
      outcome.twin = twin == twins_.end() ? std::string(unknown_control) : twin->second;
    }
    result.outcomes.push_back(std::move(outcome));
  }
  controls_.clear();
  outcomes_.clear();
}

}  // namespace relayproof::probe
