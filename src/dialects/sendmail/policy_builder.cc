#include "dialects/sendmail/policy_builder.h"

#include <utility>

#include "patterns/pattern.h"

namespace relayproof::sendmail {

using policy::ConditionId;

ConditionId PolicyBuilder::unknown(policy::Question question, std::vector<policy::Subject> about) {
  return dialects::PolicyBuilder::unknown(this->question(std::move(question)), std::move(about));
}

ConditionId PolicyBuilder::matches(const std::string& text, const policy::Subject& subject) {
  patterns::Options options;
  options.ignore_case = true;
  const auto pattern = patterns::Pattern::compile(text, patterns::Flavour::posix_extended, options);
  return pattern ? dialects::PolicyBuilder::matches(*pattern, subject) : constant(false);
}

policy::OriginId PolicyBuilder::origin(const Place& place, std::string_view setting) {
  const auto& file = place.where.file;
  return origin(policy::Origin{place.where, place.text, std::string(setting),
                               file.substr(file.rfind('/') + 1)});
}

policy::ListId PolicyBuilder::list(std::string name) {
  return dialects::PolicyBuilder::list(policy::List{std::move(name), {}});
}

void PolicyBuilder::rule(policy::ListId list, ConditionId when, policy::Effect effect,
                         policy::OriginId origin, std::string says) {
  if (constant_value(when) == std::optional(false)) return;
  policy::Rule made;
  made.when = when;
  made.effect = std::move(effect);
  made.origin = origin;
  made.says = std::move(says);
  policy_.lists.at(list).rules.push_back(std::move(made));
}

void PolicyBuilder::rule_by_row(policy::ListId list, ConditionId when, policy::Rule::ByRow row,
                                policy::OriginId origin, std::string says) {
  rule(list, when, policy::Nothing{}, origin, std::move(says));
  auto& rules = policy_.lists.at(list).rules;
  if (!rules.empty() && constant_value(when) != std::optional(false)) {
    rules.back().by_row = std::move(row);
  }
}

}  // namespace relayproof::sendmail
