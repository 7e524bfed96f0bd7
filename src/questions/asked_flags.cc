#include "questions/asked_flags.h"

#include <algorithm>
#include <set>
#include <variant>
#include <vector>

namespace relayproof::questions {
namespace {

using policy::ConditionId;
using policy::ListId;
using policy::Policy;

class Search {
 public:
  Search(const Policy& policy, policy::Flag flag) : policy_(policy), flag_(flag) {}

  bool run(const policy::Listener& listener) {
    std::vector<ListId> due;
    for (const auto& stage : listener.stages) due.push_back(stage.list);
    while (!due.empty()) {
      const auto list = due.back();
      due.pop_back();
      if (!seen_.insert(list).second) continue;
      for (const auto& rule : policy_.lists.at(list).rules) {
        if (mentions(rule.when)) return true;
        follow(rule.effect, due);
        if (!rule.by_row) continue;
        for (const auto& result : policy_.results) follow(result, due);
      }
    }
    return false;
  }

 private:
  static void follow(const policy::Effect& effect, std::vector<ListId>& due) {
    if (const auto* run = std::get_if<policy::Run>(&effect)) due.push_back(run->list);
  }

  bool mentions(ConditionId id) {
    if (!asked_.insert(id).second) return false;
    const auto any = [&](const std::vector<ConditionId>& of) {
      return std::any_of(of.begin(), of.end(), [&](ConditionId each) { return mentions(each); });
    };
    const auto& is = policy_.conditions.at(id).is;
    if (const auto* set = std::get_if<policy::IsSet>(&is)) return set->flag == flag_;
    if (const auto* no = std::get_if<policy::Not>(&is)) return mentions(no->of);
    if (const auto* all = std::get_if<policy::All>(&is)) return any(all->of);
    if (const auto* one = std::get_if<policy::Any>(&is)) return any(one->of);
    return false;
  }

  const Policy& policy_;
  policy::Flag flag_;
  std::set<ListId> seen_;
  std::set<ConditionId> asked_;
};

}  // namespace

bool asks_for(const Policy& policy, const policy::Listener& listener, policy::Flag flag) {
  return Search(policy, flag).run(listener);
}

}  // namespace relayproof::questions
