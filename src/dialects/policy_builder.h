// Writes a policy piece by piece. Equal pieces become one, so that what many rules ask is asked
// once; every dialect lowers through here, with what only it needs in a class of its own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/pattern.h"
#include "policy/policy.h"

namespace relayproof::dialects {

class PolicyBuilder {
 public:
  using Is = decltype(policy::Condition::is);

  /// Writes into `policy`, which outlives it; nothing else may add to the policy meanwhile.
  explicit PolicyBuilder(policy::Policy& policy) : policy_(policy) {}

  policy::Policy& policy() { return policy_; }
  const policy::Policy& policy() const { return policy_; }

  /// Conditions; constants, empty and single All and Any are simplified away.
  policy::ConditionId condition(Is is, policy::OriginId origin = 0);
  policy::ConditionId constant(bool value);
  policy::ConditionId negation(policy::ConditionId of);
  policy::ConditionId all(std::vector<policy::ConditionId> of);
  policy::ConditionId any(std::vector<policy::ConditionId> of);
  policy::ConditionId finds(std::uint32_t lookup, policy::Subject subject,
                            std::vector<std::uint32_t> results = {}, policy::OriginId origin = 0);
  policy::ConditionId client_in(mail::IpSet addresses, policy::OriginId origin = 0);
  policy::ConditionId is_set(policy::Flag flag);
  policy::ConditionId has_mark(std::uint32_t mark);
  policy::ConditionId unknown(std::uint32_t question, std::vector<policy::Subject> about);
  /// The pattern is found in the subject.
  policy::ConditionId matches(const patterns::Pattern& pattern, const policy::Subject& subject,
                              policy::OriginId origin = 0);
  /// The text is one of these, in any case.
  policy::ConditionId is_one_of(const std::vector<std::string>& texts,
                                const policy::Subject& subject, policy::OriginId origin = 0);
  /// The constant that a condition is; nullopt if it is none.
  std::optional<bool> constant_value(policy::ConditionId condition) const;

  /// By name: the same name is the same mark; its life is that of the first.
  std::uint32_t mark(std::string_view name, policy::Mark::Life life);
  std::optional<std::uint32_t> find_mark(std::string_view name) const;
  /// By name; the rest is that of the first.
  std::uint32_t question(policy::Question question);
  std::uint32_t result(const policy::Effect& effect);
  /// One that does nothing, and that conditions tell from others of other names.
  std::uint32_t named_result(std::string_view name);
  std::uint32_t transform(const policy::Transform& transform);
  std::uint32_t pattern(const patterns::Pattern& pattern);
  std::uint32_t table(policy::Table table);
  std::uint32_t lookup(const policy::Lookup& lookup);
  policy::OriginId origin(const policy::Origin& origin);
  policy::ListId list(policy::List list);

 protected:
  /// The index of an equal piece, or `next`, which is remembered as it.
  std::uint32_t interned(std::string_view kind, const std::string& key, std::uint32_t next);
  template <class Piece>
  static std::uint32_t next_index(const std::vector<Piece>& pieces) {
    return static_cast<std::uint32_t>(pieces.size());
  }

  policy::Policy& policy_;

 private:
  std::map<std::string, std::uint32_t, std::less<>> known_;
};

}  // namespace relayproof::dialects
