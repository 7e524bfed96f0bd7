#include "policy/solve.h"

#include <algorithm>
#include <map>

#include "policy/solve_check.h"
#include "policy/solve_search.h"

namespace relayproof::policy {
namespace {

using Feasible = Solution::Feasible;
using Outcome = TextSearch::Outcome;
using Demands = std::vector<const Wanted*>;

bool can_be_absent(Field field) { return field != Field::sender && field != Field::recipient; }

// One question to solve().
class Problem {
 public:
  Problem(const Policy& policy, Field field, std::span<const Wanted> wanted,
          const SolveBudget& budget, std::size_t& used)
      : policy_(policy), field_(field), wanted_(wanted), budget_(budget), used_(used) {}

  Solution solve();

 private:
  std::optional<Solution> absent() const;
  bool is_met(const std::optional<std::string>& text) const;
  bool is_named_only(const Wanted& wanted) const;
  Solution search_together();
  bool is_excluded(const Demands& demands);
  bool some_group_is_excluded(bool all_together);

  const Policy& policy_;
  Field field_;
  std::span<const Wanted> wanted_;
  SolveBudget budget_;
  std::size_t& used_;
};

bool Problem::is_met(const std::optional<std::string>& text) const {
  return std::ranges::all_of(
      wanted_, [&](const Wanted& wanted) { return meets_as_sent(policy_, wanted, text); });
}

// What comes of leaving the field out, if that is possible or wanted.
std::optional<Solution> Problem::absent() const {
  const bool must = std::ranges::any_of(wanted_, [](const Wanted& wanted) {
    return wanted.kind == Wanted::Kind::present && !wanted.holds;
  });
  if (can_be_absent(field_) && is_met(std::nullopt)) return Solution{Feasible::yes, {}, ""};
  return must ? std::optional(Solution{Feasible::no, {}, ""}) : std::nullopt;
}

// True if the subject is the address as sent or as the server resolves it, which for most addresses
// is the same text.
bool Problem::is_named_only(const Wanted& wanted) const {
  return std::ranges::all_of(wanted.subject.via, [&](std::uint32_t transform) {
    return policy_.transforms.at(transform).named.has_value();
  });
}

Solution Problem::search_together() {
  Demands together;
  std::vector<std::uint32_t> via;
  bool exact = true;
  for (const auto& wanted : wanted_) {
    if (wanted.kind == Wanted::Kind::present) continue;
    exact = exact && (together.empty() || wanted.subject.via == via) && is_named_only(wanted);
    via = wanted.subject.via;
    if (is_named_only(wanted)) together.push_back(&wanted);
  }
  TextSearch search(
      policy_, field_, std::move(together), [&](const std::string& text) { return is_met(text); },
      budget_, used_);
  const auto outcome = search.run();
  if (outcome == Outcome::found) return {Feasible::yes, search.value(), ""};
  // All is asked of one and the same text: then no text is no attempt.
  if (outcome == Outcome::none && exact) {
    if (search.hidden()) return {Feasible::hidden, search.hidden(), ""};
    return {Feasible::no, {}, ""};
  }
  return {Feasible::unknown, {}, search.why_unknown()};
}

// True if no text meets these, which are about one text, however it comes to be.
bool Problem::is_excluded(const Demands& demands) {
  TextSearch search(
      policy_, field_, demands, [](const std::string&) { return true; }, budget_, used_);
  return search.run() == Outcome::none && !search.hidden();
}

// Each rewriting of the field is a text of its own: all that is wanted of it must be possible.
bool Problem::some_group_is_excluded(bool one_by_one) {
  std::map<std::pair<std::vector<std::uint32_t>, const Wanted*>, Demands> groups;
  for (const auto& wanted : wanted_) {
    if (wanted.kind == Wanted::Kind::present) continue;
    groups[{wanted.subject.via, one_by_one ? &wanted : nullptr}].push_back(&wanted);
  }
  return std::ranges::any_of(groups, [&](const auto& group) { return is_excluded(group.second); });
}

Solution Problem::solve() {
  if (auto solution = absent()) return *solution;
  auto solution = search_together();
  if (solution.feasible != Feasible::unknown) return solution;
  if (some_group_is_excluded(false)) return {Feasible::no, {}, ""};
  if (solution.why_unknown.empty()) solution.why_unknown = "rewritten texts were not all tried";
  return solution;
}

}  // namespace

Solution solve(const Policy& policy, Field field, std::span<const Wanted> wanted,
               const SolveBudget& budget, std::size_t& used) {
  return Problem(policy, field, wanted, budget, used).solve();
}

}  // namespace relayproof::policy
