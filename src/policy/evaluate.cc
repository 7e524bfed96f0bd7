#include "policy/evaluate.h"

#include <algorithm>

#include "base/text.h"
#include "policy/part.h"

namespace relayproof::policy {

Evaluator::Evaluator(const Policy& policy, const Listener& listener, const DecideOptions& options,
                     const Answers& answers)
    : marks(policy.marks.size()),
      policy_(policy),
      listener_(listener),
      options_(options),
      answers_(answers) {}

bool Evaluator::holds(ConditionId id) {
  const Condition& condition = policy_.conditions.at(id);
  if (condition.origin != 0 && is_suppressed(condition.origin)) return false;
  const bool result = std::visit([&](const auto& kind) { return is(kind); }, condition.is);
  if (result && condition.origin != 0) {
    note(policy_.origins.at(condition.origin).text);
    held_.origins.push_back(condition.origin);
  }
  return result;
}

std::optional<Match> Evaluator::match(const Rule::ByRow& by_row) {
  return match(by_row.lookup, by_row.subject, {});
}

Evaluator::Held Evaluator::take_held() { return std::exchange(held_, {}); }

bool Evaluator::is(const ClientIn& condition) const {
  return condition.addresses.contains(facts.client);
}

bool Evaluator::is(const IsSet& condition) {
  for (const auto& doubt : listener_.doubts) {
    if (options_.ignores_doubts) break;
    if (doubt.flag == condition.flag && is_set(facts, condition.flag)) {
      return ask(doubt.question, "");
    }
  }
  return is_set(facts, condition.flag);
}

bool Evaluator::is(const Present& condition) const {
  return !texts_of(facts, condition.field).empty();
}

bool Evaluator::is(const Finds& condition) {
  return match(condition.lookup, condition.subject, condition.results).has_value();
}

bool Evaluator::is(const Same& condition) const {
  const auto one = texts(condition.one);
  const auto other = texts(condition.other);
  return !one.empty() && !other.empty() && equals_ignoring_case(one.front(), other.front());
}

bool Evaluator::is(const Unknown& condition) {
  std::string about = facts.client.to_string();
  for (const auto& subject : condition.about) {
    for (const auto& text : texts(subject)) about += '\0' + text;
    about += '\1';
  }
  return ask(condition.question, std::move(about));
}

bool Evaluator::is(const All& condition) {
  return std::all_of(condition.of.begin(), condition.of.end(),
                     [&](ConditionId id) { return holds(id); });
}

bool Evaluator::is(const Any& condition) {
  return std::any_of(condition.of.begin(), condition.of.end(),
                     [&](ConditionId id) { return holds(id); });
}

std::optional<Match> Evaluator::match(std::uint32_t lookup, const Subject& subject,
                                      const std::vector<std::uint32_t>& results) {
  for (const auto& text : texts(subject)) {
    auto found = find(policy_.tables, policy_.lookups.at(lookup), text);
    if (!found) continue;
    if (!results.empty() &&
        !std::binary_search(results.begin(), results.end(), found->row.result)) {
      continue;
    }
    note(found->key);
    return found;
  }
  return std::nullopt;
}

std::vector<std::string> Evaluator::texts(const Subject& subject) const {
  auto texts = texts_of(facts, subject.field);
  for (auto& text : texts) {
    text = std::string(part_of(rewritten(policy_, std::move(text), subject.via), subject.part));
  }
  return texts;
}

bool Evaluator::ask(std::uint32_t question, std::string about) {
  const auto power = policy_.questions.at(question).power;
  if (power == Question::Power::screen && !options_.screens_refuse) return false;
  if (power == Question::Power::premise && options_.is_stranger) return false;
  Asked wanted{question, std::move(about)};
  const auto known = answers_.find(wanted);
  if (known != answers_.end()) return known->second;
  if (std::find(asked.begin(), asked.end(), wanted) == asked.end()) {
    asked.push_back(std::move(wanted));
  }
  return false;
}

void Evaluator::note(std::string_view what) {
  if (!held_.detail.empty()) held_.detail += ", ";
  held_.detail += what;
}

}  // namespace relayproof::policy
