#include "dialects/opensmtpd/policy_builder.h"

#include <utility>

#include "patterns/pattern.h"

namespace relayproof::opensmtpd {

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

std::uint32_t PolicyBuilder::transform(const std::string& text) {
  policy::Transform made;
  made.rewritten = policy::Transform::Template();
  made.rewritten->pieces.push_back({text, std::nullopt});
  return dialects::PolicyBuilder::transform(made);
}

policy::OriginId PolicyBuilder::origin(const Place& place, std::string_view setting) {
  const auto& file = place.where.file;
  const auto name = file.substr(file.rfind('/') + 1);
  return origin(policy::Origin{place.where, place.text, std::string(setting), name});
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

}  // namespace relayproof::opensmtpd
