// Two policies put together, so that one text can be asked to meet conditions of both.
#pragma once

#include <cstdint>
#include <vector>

#include "policy/policy.h"
#include "policy/predicates.h"
#include "policy/solve.h"

namespace relayproof::policy {

/// Only what solve() needs; nothing of it decides anything.
class JointPolicy {
 public:
  JointPolicy(const Policy& before, const Policy& behind);

  const Policy& policy() const { return policy_; }
  /// What solve() is asked for, so that a condition of one side holds or does not: several wants,
  /// since whose domain it is differs between the sides.
  std::vector<Wanted> translated(const Wanted& wanted, Side side) const;

 private:
  struct Offsets {
    std::uint32_t tables = 0;
    std::uint32_t lookups = 0;
    std::uint32_t results = 0;
    std::uint32_t patterns = 0;
    std::uint32_t transforms = 0;
  };
  void append(const Policy& part, Side side);
  void append_transforms(const Policy& part, Side side);
  void append_claims(const Policy& part, Side side);

  Policy policy_;
  Offsets offsets_[2];
  std::uint32_t claims_[2] = {0, 0};  ///< lookups of the domains that a side answers for
  std::uint32_t claimed_ = 0;         ///< their result
};

}  // namespace relayproof::policy
