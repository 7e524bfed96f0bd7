// What only Postfix needs of a policy: its own words for addresses, values, and tables by name.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/policy_builder.h"
#include "dialects/postfix/config.h"

namespace relayproof::postfix {

class PolicyBuilder : public dialects::PolicyBuilder {
 public:
  using dialects::PolicyBuilder::origin;
  using dialects::PolicyBuilder::PolicyBuilder;

  /// The POSIX extended pattern, which is one of ours, is found in the subject. `name` is the
  /// table's; the same name is the same pattern.
  policy::ConditionId matches(std::string_view name, std::string_view pattern,
                              const policy::Subject& subject);
  /// The text is one of these, in any case. The same name is the same set.
  policy::ConditionId is_one_of(std::string_view name, const std::vector<std::string>& texts,
                                const policy::Subject& subject);
  /// Transform::Named of this name.
  std::uint32_t named_transform(std::string_view name);
  /// The line that a value's character stands in.
  policy::OriginId origin(const Value& value, std::size_t offset = 0);

  /// `recipient` or `sender` as cleanup's tables see it, rewritten but not resolved.
  static policy::Subject rewritten(policy::Field field, policy::Part part = policy::Part::whole) {
    return {field, part, {}};
  }
  /// As restrictions see it: resolved and in lower case (Transform::Named `resolve`).
  policy::Subject resolved(policy::Field field, policy::Part part = policy::Part::whole);

  /// Tables of the policy that native tables became, by their names: one for each way in which
  /// their rows' results came out.
  struct KnownTable {
    std::vector<std::uint32_t> results;
    std::uint32_t table = 0;
  };
  std::map<std::string, std::vector<KnownTable>, std::less<>> known_tables;
};

}  // namespace relayproof::postfix
