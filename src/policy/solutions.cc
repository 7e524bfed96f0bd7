#include "policy/solutions.h"

#include <algorithm>

namespace relayproof::policy {

const Solution& Solutions::find(const Policy& policy, Field field, std::vector<Wanted> wanted,
                                const SolveBudget& budget, std::size_t& used) {
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  Question question{field, std::move(wanted)};
  const auto known = known_.find(question);
  if (known != known_.end()) return known->second;
  Solution solution = solve(policy, field, question.second, budget, used, &memory_);
  return known_.emplace(std::move(question), std::move(solution)).first->second;
}

}  // namespace relayproof::policy
