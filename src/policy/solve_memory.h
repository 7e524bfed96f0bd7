// What solve() keeps from one question to the next, of one policy.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "policy/solve_keys.h"

namespace relayproof::policy {

struct SolveMemory {
  /// Conditions on one text, however it was rewritten: whether they are known to exclude each
  /// other.
  std::map<std::pair<Field, std::vector<Wanted>>, bool> excluded;
  /// By condition, of whose subject only the part counts.
  std::map<Wanted, HelpfulKeys> keys;
};

}  // namespace relayproof::policy
