// What only Sendmail's rules need of a policy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/policy_builder.h"
#include "dialects/sendmail/config.h"

namespace relayproof::sendmail {

class PolicyBuilder : public dialects::PolicyBuilder {
 public:
  using dialects::PolicyBuilder::origin;
  using dialects::PolicyBuilder::PolicyBuilder;

  policy::ConditionId present(policy::Field field) { return condition(policy::Present{field}); }
  policy::ConditionId unknown(policy::Question question, std::vector<policy::Subject> about);
  /// The POSIX extended pattern, which is one of ours, is found in the subject, in any case.
  policy::ConditionId matches(const std::string& pattern, const policy::Subject& subject);
  policy::OriginId origin(const Place& place, std::string_view setting);
  policy::ListId list(std::string name);
  void rule(policy::ListId list, policy::ConditionId when, policy::Effect effect,
            policy::OriginId origin, std::string says);
  /// The effect is that of the row which the lookup finds.
  void rule_by_row(policy::ListId list, policy::ConditionId when, policy::Rule::ByRow row,
                   policy::OriginId origin, std::string says);
};

inline policy::Subject subject_of(policy::Field field, policy::Part part = policy::Part::whole) {
  return {field, part, {}};
}

}  // namespace relayproof::sendmail
