// What solve() answered, kept for as long as the same policy is asked again and again.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "policy/solve.h"
#include "policy/solve_memory.h"

namespace relayproof::policy {

/// Answers of one policy. What is wanted of a text is the question, in whatever order.
class Solutions {
 public:
  /// The answer, by solve() if it is not known yet: then `used` is increased by the texts tried.
  const Solution& find(const Policy& policy, Field field, std::vector<Wanted> wanted,
                       const SolveBudget& budget, std::size_t& used);

 private:
  using Question = std::pair<Field, std::vector<Wanted>>;
  std::map<Question, Solution> known_;
  SolveMemory memory_;
};

}  // namespace relayproof::policy
