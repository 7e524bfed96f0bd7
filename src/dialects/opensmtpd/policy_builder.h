// What only OpenSMTPD's rules need of a policy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/opensmtpd/config.h"
#include "dialects/policy_builder.h"

namespace relayproof::opensmtpd {

class PolicyBuilder : public dialects::PolicyBuilder {
 public:
  using dialects::PolicyBuilder::origin;
  using dialects::PolicyBuilder::PolicyBuilder;

  policy::ConditionId present(policy::Field field) { return condition(policy::Present{field}); }
  policy::ConditionId unknown(policy::Question question, std::vector<policy::Subject> about);
  /// The POSIX extended pattern, which is one of ours, is found in the subject, in any case.
  policy::ConditionId matches(const std::string& pattern, const policy::Subject& subject);
  std::uint32_t transform(const std::string& text);  ///< into this very text
  policy::OriginId origin(const Place& place, std::string_view setting);
  policy::ListId list(std::string name);
  void rule(policy::ListId list, policy::ConditionId when, policy::Effect effect,
            policy::OriginId origin, std::string says);
};

/// `recipient` or `sender`, or a part of it, as the rules see it.
inline policy::Subject subject_of(policy::Field field, policy::Part part = policy::Part::whole) {
  return {field, part, {}};
}

}  // namespace relayproof::opensmtpd
