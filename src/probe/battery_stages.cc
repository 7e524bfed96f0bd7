// The stages of the plan: what is asked in each.
#include <algorithm>
#include <utility>

#include "probe/battery.h"
#include "probe/prelude.h"

namespace relayproof::probe {
namespace {

bool lacks(const techniques::Technique& technique, const techniques::Fill& with) {
  return techniques::lacks(technique.rcpt_to, with) || techniques::lacks(technique.mail_from, with);
}

}  // namespace

void Battery::advance() {
  while (pending_.empty() && under_way_ == 0 && stage_ != Stage::done) {
    own_ = find_own_domain(asked_at());
    switch (stage_) {
      case Stage::opening:
        if (candidates_.empty()) {
          ask_opening();
          break;
        }
        stage_ = Stage::own_domain;
        if (!own_.settled()) ask_own_domain();
        break;
      case Stage::own_domain:
        stage_ = Stage::catalogue;
        ask_catalogue();
        break;
      case Stage::catalogue:
        if (ask_unknown_at_last()) break;
        stage_ = Stage::data;
        if (options_.data_phase || options_.delivery) ask_data();
        break;
      case Stage::data:
      case Stage::done:
        stage_ = Stage::done;
        break;
    }
  }
}

// The likeliest form, and at the likeliest domain the two controls that give it its meaning: if
// the server cuts us off early, this is what must have been asked.
void Battery::ask_opening() {
  candidates_ = candidate_domains(names_, options_.domain_limit);
  if (candidates_.empty()) candidates_.emplace_back("");
  const auto with = fill();
  const auto first = std::find_if(
      options_.techniques.begin(), options_.techniques.end(), [&](const auto* technique) {
        return technique->twin.empty() && !lacks(*technique, with.all());
      });
  if (first != options_.techniques.end()) add(ask_technique(**first, with));
  ask_at(candidates_.front());
}

void Battery::ask_own_domain() {
  for (std::size_t i = 1; i < candidates_.size(); ++i) ask_at(candidates_[i]);
  if (!candidates_.front().empty()) ask_at("");
}

void Battery::ask_at(const std::string& domain) {
  const std::string at = domain.empty() ? "" : "@" + domain;
  add(ask_control(std::string(postmaster_control), "<postmaster" + at + ">", fill()));
  add(ask_control(std::string(unknown_control), "<{nobody}" + at + ">", fill()));
}

void Battery::ask_catalogue() {
  own_ = find_own_domain(asked_at());
  add(ask_control(std::string(impossible_control), "<{nobody}@{nobody}.invalid>", fill()));
  for (const auto* technique : options_.techniques) {
    const auto same = [&](const auto& done) { return done.first.technique == technique; };
    const auto waits = [&](const Question& question) { return question.technique == technique; };
    const bool asked = std::any_of(outcomes_.begin(), outcomes_.end(), same) ||
                       std::any_of(pending_.begin(), pending_.end(), waits);
    const auto with = fill();
    if (!asked && !lacks(*technique, with.all())) add(ask_technique(*technique, with));
  }
}

// Some take the first few recipients of all, whoever they are: what was taken then is compared with
// what is refused later, unless a mailbox that cannot exist is still taken at the end.
bool Battery::ask_unknown_at_last() {
  if (!takes_something_ || std::exchange(asked_at_last_, true)) return false;
  const auto taken = std::find_if(controls_.begin(), controls_.end(), [](const auto& asked) {
    return asked.second.name == unknown_control && asked.second.kind == OutcomeKind::accepted &&
           asked.second.prelude == techniques::Prelude::none;
  });
  if (taken == controls_.end()) return false;
  add(ask_control(std::string(unknown_control), taken->first.recipient_form, fill()));
  return !pending_.empty();
}

void Battery::ask_data() {
  if (options_.delivery) ask_for_a_bounce();
  for (const auto& [question, outcome] : outcomes_) {
    if (outcome.kind != OutcomeKind::accepted || crosses_tls(outcome.prelude)) continue;
    if (options_.delivery && !is_worth_a_message(question)) continue;
    Question further = question;
    further.phase = options_.delivery ? smtp::Phase::deliver : smtp::Phase::data;
    further.cut = 0;
    pending_.push_back(std::move(further));
  }
}

// What it takes for a mailbox that cannot exist, it may return: to the canary, which asked for it.
// Where recipients outside are taken as well, their messages tell more.
void Battery::ask_for_a_bounce() {
  const OwnDomain own = find_own_domain(asked_at());
  const std::string at = "@" + own.domain + ">";
  const bool taken = std::any_of(controls_.begin(), controls_.end(), [&](const auto& asked) {
    return asked.second.name == unknown_control && asked.second.kind == OutcomeKind::accepted &&
           asked.first.recipient_form.ends_with(at);
  });
  const bool relays = std::any_of(outcomes_.begin(), outcomes_.end(), [](const auto& asked) {
    return asked.second.kind == OutcomeKind::accepted && asked.first.technique->twin.empty();
  });
  if (own.domain.empty() || !taken || relays || options_.delivery->return_path.empty()) return;
  Question message = ask_control(std::string(backscatter_control), "<{nobody}" + at, fill());
  message.sender_forms = {options_.delivery->return_path};
  message.phase = smtp::Phase::deliver;
  pending_.push_back(std::move(message));
}

// One message for each form of recipient, as many as were agreed on; and none that could come back
// to a domain of somebody else.
bool Battery::is_worth_a_message(const Question& question) const {
  if (pending_.size() >= options_.delivery->most) return false;
  if (names_a_third_party(question.sender_forms.front())) return false;
  // A message for an address that nobody has would never come.
  if (question.recipient_form.find("{X") == std::string::npos) return false;
  return std::none_of(pending_.begin(), pending_.end(), [&](const Question& other) {
    return other.recipient_form == question.recipient_form &&
           other.first_form == question.first_form && other.prelude == question.prelude;
  });
}

}  // namespace relayproof::probe
