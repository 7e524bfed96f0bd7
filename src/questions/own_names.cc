#include "questions/own_names.h"

#include <algorithm>
#include <set>
#include <variant>

namespace relayproof::questions {
namespace {

using policy::ConditionId;
using policy::Effect;
using policy::Field;
using policy::ListId;
using policy::Policy;

bool lets_pass(const Effect& effect) {
  return std::holds_alternative<policy::Permit>(effect) ||
         std::holds_alternative<policy::Run>(effect);
}

// Whether some rule of a listener lets a client pass by a name that may be below an own domain.
class Search {
 public:
  explicit Search(const Policy& policy) : policy_(policy) {}

  bool run(const policy::Listener& listener) {
    for (const auto& stage : listener.stages) due_.push_back(stage.list);
    while (!due_.empty() && !found_) {
      const auto list = due_.back();
      due_.pop_back();
      if (!seen_.insert(list).second) continue;
      for (const auto& rule : policy_.lists.at(list).rules) look_at(rule);
    }
    return found_;
  }

 private:
  void look_at(const policy::Rule& rule) {
    if (!rule.by_row) {
      follow(rule.effect);
      if (lets_pass(rule.effect)) look_in(rule.when);
      return;
    }
    std::vector<std::uint32_t> passing;
    for (std::uint32_t index = 0; index < policy_.results.size(); ++index) {
      follow(policy_.results[index]);
      if (lets_pass(policy_.results[index])) passing.push_back(index);
    }
    if (passing.empty() || rule.by_row->subject.field != Field::client_name) return;
    look_up(rule.by_row->lookup, passing);
  }

  void follow(const Effect& effect) {
    if (const auto* run = std::get_if<policy::Run>(&effect)) due_.push_back(run->list);
  }

  void look_in(ConditionId id) {
    const auto& is = policy_.conditions.at(id).is;
    if (const auto* no = std::get_if<policy::Not>(&is)) return look_in(no->of);
    if (const auto* all = std::get_if<policy::All>(&is)) return look_in(all->of);
    if (const auto* any = std::get_if<policy::Any>(&is)) return look_in(any->of);
    const auto* finds = std::get_if<policy::Finds>(&is);
    if (finds == nullptr || finds->subject.field != Field::client_name) return;
    look_up(finds->lookup, finds->results);
  }
  void look_in(const std::vector<ConditionId>& of) {
    for (const auto id : of) look_in(id);
  }

  // No results: any.
  void look_up(std::uint32_t lookup, const std::vector<std::uint32_t>& results) {
    const auto counts = [&](const policy::Row& row) {
      return results.empty() || std::binary_search(results.begin(), results.end(), row.result);
    };
    for (const auto index : policy_.lookups.at(lookup).tables) {
      const auto& table = policy_.tables.at(index);
      for (const auto& [key, row] : table.literals) {
        found_ = found_ || (counts(row) && is_own(key));
      }
      for (const auto& pattern : table.patterns) found_ = found_ || counts(pattern.row);
    }
  }

  bool is_own(std::string_view key) const {
    if (key.starts_with('.')) key.remove_prefix(1);
    return policy::answers_for(policy_, key);
  }

  const Policy& policy_;
  std::vector<ListId> due_;
  std::set<ListId> seen_;
  bool found_ = false;
};

}  // namespace

std::optional<std::string> own_name_that_relays(const Policy& policy, const policy::Door& door,
                                                const policy::Reach& reach) {
  if (!Search(policy).run(policy.listeners.at(door.listener))) return {};
  Policy asked = policy;
  asked.lets_strangers_own_names = true;
  const auto then = policy::reach(asked, door);
  if (then.too_large) return "one of your own";
  if (then.possibly.is_subset_of(reach.possibly)) return {};
  for (const auto& exposure : then.exposures) {
    const auto& client = exposure.witness;
    if (client.name_confirmed && client.reverse_name &&
        policy::answers_for(policy, *client.reverse_name)) {
      return client.reverse_name;
    }
  }
  return "one of your own";
}

}  // namespace relayproof::questions
