// What only Exim's conditions need of a policy.
#pragma once

#include "dialects/policy_builder.h"

namespace relayproof::exim {

class PolicyBuilder : public dialects::PolicyBuilder {
 public:
  using dialects::PolicyBuilder::PolicyBuilder;

  /// Always true, but blamed on the origin: `*` in a list.
  policy::ConditionId anything(const policy::Subject& subject, policy::OriginId origin);
  /// The first if `when` holds, else the second.
  policy::ConditionId choice(policy::ConditionId when, policy::ConditionId then,
                             policy::ConditionId otherwise);
};

}  // namespace relayproof::exim
