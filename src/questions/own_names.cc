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

class Search {
 public:
  explicit Search(const Policy& policy) : policy_(policy) {}

  std::vector<std::string> run(const policy::Listener& listener) {
    for (const auto& stage : listener.stages) due_.push_back(stage.list);
    while (!due_.empty()) {
      const auto list = due_.back();
      due_.pop_back();
      if (!seen_.insert(list).second) continue;
      for (const auto& rule : policy_.lists.at(list).rules) look_at(rule);
    }
    return {names_.begin(), names_.end()};
  }

 private:
  void look_at(const policy::Rule& rule) {
    if (!rule.by_row) {
      follow(rule.effect);
      if (lets_pass(rule.effect)) mentioned_in(rule.when);
      return;
    }
    std::vector<std::uint32_t> passing;
    for (std::uint32_t index = 0; index < policy_.results.size(); ++index) {
      follow(policy_.results[index]);
      if (lets_pass(policy_.results[index])) passing.push_back(index);
    }
    if (rule.by_row->subject.field == Field::client_name) add(rule.by_row->lookup, passing, false);
  }

  void follow(const Effect& effect) {
    if (const auto* run = std::get_if<policy::Run>(&effect)) due_.push_back(run->list);
  }

  void mentioned_in(ConditionId id) {
    const auto& is = policy_.conditions.at(id).is;
    if (const auto* no = std::get_if<policy::Not>(&is)) return mentioned_in(no->of);
    if (const auto* all = std::get_if<policy::All>(&is)) return mentioned_in(all->of);
    if (const auto* any = std::get_if<policy::Any>(&is)) return mentioned_in(any->of);
    const auto* finds = std::get_if<policy::Finds>(&is);
    if (finds == nullptr || finds->subject.field != Field::client_name) return;
    add(finds->lookup, finds->results, finds->results.empty());
  }
  void mentioned_in(const std::vector<ConditionId>& of) {
    for (const auto id : of) mentioned_in(id);
  }

  void add(std::uint32_t lookup, const std::vector<std::uint32_t>& results, bool any_result) {
    const auto counts = [&](const policy::Row& row) {
      return any_result || std::find(results.begin(), results.end(), row.result) != results.end();
    };
    for (const auto index : policy_.lookups.at(lookup).tables) {
      const auto& table = policy_.tables.at(index);
      for (const auto& [key, row] : table.literals) {
        if (counts(row)) add_key(key);
      }
      for (const auto& pattern : table.patterns) {
        if (counts(pattern.row)) names_.insert("a pattern of " + table.name);
      }
    }
  }

  void add_key(std::string_view key) {
    if (key.starts_with('.')) key.remove_prefix(1);
    if (policy::answers_for(policy_, key)) names_.emplace(key);
  }

  const Policy& policy_;
  std::vector<ListId> due_;
  std::set<ListId> seen_;
  std::set<std::string> names_;
};

}  // namespace

std::vector<std::string> permitted_own_names(const Policy& policy,
                                             const policy::Listener& listener) {
  return Search(policy).run(listener);
}

}  // namespace relayproof::questions
