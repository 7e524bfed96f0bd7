// Writes a policy piece by piece. Equal pieces become one, so that what many rules ask is asked
// once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/opensmtpd/config.h"
#include "policy/policy.h"

namespace relayproof::opensmtpd {

class PolicyBuilder {
 public:
  using Is = decltype(policy::Condition::is);

  /// Writes into `policy`, which outlives it; nothing else may add to the policy meanwhile.
  explicit PolicyBuilder(policy::Policy& policy) : policy_(policy) {}

  policy::Policy& policy() { return policy_; }

  /// Conditions; constants, and All and Any of none or one, are simplified away.
  policy::ConditionId constant(bool value);
  policy::ConditionId negation(policy::ConditionId of);
  policy::ConditionId all(std::vector<policy::ConditionId> of);
  policy::ConditionId any(std::vector<policy::ConditionId> of);
  policy::ConditionId finds(std::uint32_t lookup, policy::Subject subject);
  policy::ConditionId client_in(mail::IpSet addresses, policy::OriginId origin);
  policy::ConditionId is_set(policy::Flag flag);
  policy::ConditionId present(policy::Field field);
  policy::ConditionId unknown(policy::Question question, std::vector<policy::Subject> about);
  /// The POSIX extended pattern, which is one of ours, is found in the subject, in any case.
  policy::ConditionId matches(const std::string& pattern, const policy::Subject& subject);
  std::optional<bool> constant_value(policy::ConditionId condition) const;

  std::uint32_t result(const policy::Effect& effect);
  std::uint32_t table(policy::Table table);
  std::uint32_t lookup(policy::Lookup lookup);
  std::uint32_t transform(const std::string& text);  ///< into this very text
  policy::OriginId origin(const Place& place, std::string_view setting);
  policy::ListId list(std::string name);
  void rule(policy::ListId list, policy::ConditionId when, policy::Effect effect,
            policy::OriginId origin, std::string says);

 private:
  policy::ConditionId add(Is is, policy::OriginId origin = 0);
  policy::ConditionId known(const std::string& key, Is is);

  policy::Policy& policy_;
  std::map<std::string, std::uint32_t, std::less<>> known_;
};

/// `recipient` or `sender`, or a part of it, as the rules see it.
inline policy::Subject subject_of(policy::Field field, policy::Part part = policy::Part::whole) {
  return {field, part, {}};
}

}  // namespace relayproof::opensmtpd
