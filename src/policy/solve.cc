#include "policy/solve.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "policy/candidates.h"
#include "policy/solve_check.h"
#include "policy/solve_language.h"
#include "policy/solve_memory.h"
#include "policy/solve_rewritten.h"
#include "policy/solve_search.h"

namespace relayproof::policy {
namespace {

using Feasible = Solution::Feasible;
using Outcome = TextSearch::Outcome;
using Demands = std::vector<const Wanted*>;

// Of what a rewriting should give, and of texts that should be rewritten to it.
constexpr std::size_t most_goals = 3;
constexpr std::size_t captures_tried = 20;
constexpr std::size_t candidates_for_goal = 200;

// One question may use up so much of what is left for searching what is rewritten to a text that is
// wanted: others are asked as well, and one of them may exclude what this one only fails to find.
constexpr std::size_t share_of_rewritten = 8;

// Of a language in one search. Patterns of real tables need some tens.
constexpr std::size_t states_of_question = 1000;

bool can_be_absent(Field field) { return field != Field::sender && field != Field::recipient; }

// One question to solve().
class Problem {
 public:
  Problem(const Policy& policy, Field field, std::span<const Wanted> wanted,
          const SolveBudget& budget, std::size_t& used, SolveMemory* memory)
      : policy_(policy),
        field_(field),
        wanted_(wanted),
        memory_(memory == nullptr ? own_memory_ : *memory),
        used_(used),
        end_(used + budget.candidates) {}

  Solution solve();

 private:
  using Groups = std::map<std::vector<std::uint32_t>, Demands>;

  std::optional<Solution> absent() const;
  bool is_met(const std::optional<std::string>& text) const;
  bool is_named_only(const Wanted& wanted) const;
  Solution search_together();
  bool about_one_text() const;
  Demands named_only() const;
  Groups groups() const;
  bool is_excluded(const std::vector<std::uint32_t>& via, const Demands& demands);
  bool excludes(const std::vector<std::uint32_t>& via, const Demands& demands);
  patterns::SearchBudget search_budget(std::size_t candidates = 1);
  bool all_meet(const Demands& demands, std::string_view text) const;
  patterns::Language possibly_meeting_all(patterns::Language language,
                                          const Demands& demands) const;
  std::vector<std::string> goals(const std::vector<std::uint32_t>& via, const Demands& demands);
  bool attempt(const std::string& text);
  std::optional<std::string> first_met(const std::vector<std::string>& texts);
  std::optional<std::string> plausible_member(const patterns::Language& language);
  std::optional<std::string> rewritten_witness();
  std::optional<std::string> witness_of_goals();
  SolveBudget remaining() const { return {.candidates = end_ - std::min(end_, used_)}; }

  const Policy& policy_;
  Field field_;
  std::span<const Wanted> wanted_;
  SolveMemory own_memory_;
  SolveMemory& memory_;
  std::size_t& used_;
  std::size_t end_;
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
  TextSearch search(
      policy_, field_, named_only(), [&](const std::string& text) { return is_met(text); },
      remaining(), used_, memory_);
  const auto outcome = search.run();
  if (outcome == Outcome::found) return {Feasible::yes, search.value(), ""};
  // All is asked of one and the same text: then no text is no attempt.
  if (outcome == Outcome::none && about_one_text()) {
    if (search.hidden()) return {Feasible::hidden, search.hidden(), ""};
    return {Feasible::no, {}, ""};
  }
  return {Feasible::unknown, {}, search.why_unknown()};
}

bool Problem::about_one_text() const {
  const auto all = groups();
  return all.empty() || (all.size() == 1 && named_only().size() == all.begin()->second.size());
}

Demands Problem::named_only() const {
  Demands demands;
  for (const auto& wanted : wanted_) {
    if (wanted.kind != Wanted::Kind::present && is_named_only(wanted)) demands.push_back(&wanted);
  }
  return demands;
}

// Each rewriting of the field is a text of its own: all that is wanted of it must be possible.
Problem::Groups Problem::groups() const {
  Groups groups;
  for (const auto& wanted : wanted_) {
    if (wanted.kind != Wanted::Kind::present) groups[wanted.subject.via].push_back(&wanted);
  }
  return groups;
}

// True if no text meets these, which are about one text, however it comes to be.
bool Problem::is_excluded(const std::vector<std::uint32_t>& via, const Demands& demands) {
  std::vector<Wanted> part;
  part.reserve(demands.size());
  for (const auto* wanted : demands) part.push_back(*wanted);
  const std::pair key{field_, std::move(part)};
  const auto known = memory_.excluded.find(key);
  if (known != memory_.excluded.end()) return known->second;
  const bool answer = excludes(via, demands);
  // What a small rest of the budget could not exclude a larger one may.
  if (remaining().candidates > 0) memory_.excluded.emplace(key, answer);
  return answer;
}

bool Problem::excludes(const std::vector<std::uint32_t>& via, const Demands& demands) {
  const auto range = range_of(policy_, via);
  if (range.texts) {
    return std::ranges::none_of(*range.texts,
                                [&](const std::string& text) { return all_meet(demands, text); });
  }
  const bool any = range.language.same_term(patterns::Language::all());
  if (!any && find_any(possibly_meeting_all(range.language, demands), search_budget(), nullptr) ==
                  patterns::Searched::exhausted) {
    return true;
  }
  TextSearch search(
      policy_, field_, demands, [](const std::string&) { return true; }, remaining(), used_,
      memory_);
  return search.run() == Outcome::none && !search.hidden();
}

patterns::SearchBudget Problem::search_budget(std::size_t candidates) {
  return {.states = states_of_question, .candidates = candidates, .work = &used_};
}

bool Problem::all_meet(const Demands& demands, std::string_view text) const {
  return std::ranges::all_of(demands,
                             [&](const Wanted* wanted) { return meets(policy_, *wanted, text); });
}

patterns::Language Problem::possibly_meeting_all(patterns::Language language,
                                                 const Demands& demands) const {
  for (const auto* wanted : demands) language = language & possibly_meeting(policy_, *wanted);
  return language;
}

// Some texts that rewriting should give, plausible ones first.
std::vector<std::string> Problem::goals(const std::vector<std::uint32_t>& via,
                                        const Demands& demands) {
  std::vector<std::string> texts;
  const auto accept = [&](std::string_view text) {
    ++used_;
    if (all_meet(demands, text)) texts.emplace_back(text);
    return texts.size() >= most_goals;
  };
  const auto range = range_of(policy_, via);
  if (range.texts) {
    std::ignore = std::ranges::any_of(*range.texts, accept);
    return texts;
  }
  for (const auto& text : plausible_texts(Field::recipient)) {
    if (range.language.contains(text) && accept(text)) return texts;
  }
  const auto all = possibly_meeting_all(range.language, demands);
  for (const auto& usual : usual_texts(Field::recipient)) {
    if (!texts.empty() || remaining().candidates == 0) break;
    std::ignore = find_member(all & usual, accept, search_budget(candidates_for_goal));
  }
  return texts;
}

bool Problem::attempt(const std::string& text) {
  ++used_;
  return is_met(text) && can_be_sent(policy_, field_, text) &&
         ownership(policy_, field_, text) == Ownership::strangers;
}

std::optional<std::string> Problem::first_met(const std::vector<std::string>& texts) {
  const auto met =
      std::ranges::find_if(texts, [&](const std::string& text) { return attempt(text); });
  return met == texts.end() ? std::nullopt : std::optional(*met);
}

std::optional<std::string> Problem::plausible_member(const patterns::Language& language) {
  for (const auto& usual : usual_texts(field_)) {
    if (remaining().candidates == 0) break;
    const auto found = find_member(
        language & usual, [&](std::string_view text) { return attempt(std::string(text)); },
        search_budget(candidates_for_goal));
    if (found.searched == patterns::Searched::found) return found.member;
  }
  return std::nullopt;
}

// A text that is rewritten to one of those that are wanted behind a rewriting.
std::optional<std::string> Problem::rewritten_witness() {
  const auto whole = end_;
  end_ = used_ + remaining().candidates / share_of_rewritten;
  auto witness = witness_of_goals();
  end_ = whole;
  return witness;
}

std::optional<std::string> Problem::witness_of_goals() {
  const auto here = named_only();
  for (const auto& [via, demands] : groups()) {
    if (via.empty()) continue;
    for (const auto& goal : goals(via, demands)) {
      if (remaining().candidates == 0) return std::nullopt;
      if (auto text = first_met(captured_in(policy_, via, goal, captures_tried))) return text;
      const auto origins = possibly_meeting_all(
          possible_texts(policy_, field_) & copied_from(policy_, via, goal), here);
      if (auto text = plausible_member(origins)) return text;
      if (auto text = first_met(nested(policy_, goal))) return text;
    }
  }
  return std::nullopt;
}

Solution Problem::solve() {
  if (auto solution = absent()) return *solution;
  const auto all = groups();
  const bool as_sent = all.empty() || (all.size() == 1 && all.contains({}));
  const bool named_only =
      std::ranges::all_of(wanted_, [&](const Wanted& wanted) { return is_named_only(wanted); });
  Solution solution;
  if (named_only) solution = search_together();
  if (as_sent || solution.feasible != Feasible::unknown) return solution;
  if (std::ranges::any_of(
          all, [&](const auto& group) { return is_excluded(group.first, group.second); })) {
    return {Feasible::no, {}, ""};
  }
  if (const auto witness = rewritten_witness()) return {Feasible::yes, witness, ""};
  if (!named_only) solution = search_together();
  if (solution.feasible == Feasible::unknown && solution.why_unknown.empty()) {
    solution.why_unknown = "not all texts that are rewritten were tried";
  }
  return solution;
}

}  // namespace

Solution solve(const Policy& policy, Field field, std::span<const Wanted> wanted,
               const SolveBudget& budget, std::size_t& used, SolveMemory* memory) {
  return Problem(policy, field, wanted, budget, used, memory).solve();
}

}  // namespace relayproof::policy
