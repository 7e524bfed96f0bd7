#include "policy/choices.h"

#include <algorithm>

#include "base/text.h"
#include "policy/facts_of.h"
#include "policy/part.h"
#include "policy/seeds.h"
#include "policy/solve_check.h"

namespace relayproof::policy {
namespace {

using Kind = Predicate::Kind;
using Feasible = Solution::Feasible;

// Whether a path was found, best first.
int rank(Feasible feasible) { return static_cast<int>(feasible); }

Field field_of(Group group) {
  switch (group) {
    case Group::recipient:
    case Group::earlier:
      return Field::recipient;
    case Group::sender:
      return Field::sender;
    case Group::helo:
      return Field::helo;
    case Group::user:
      return Field::user;
    case Group::names:
      return Field::reverse_name;
    default:
      return Field::header;
  }
}

Wanted wanted_of(const Predicate& meaning, bool holds) {
  Wanted wanted;
  wanted.subject = meaning.subject;
  wanted.lookup = meaning.id;
  wanted.result = meaning.result;
  wanted.holds = holds;
  switch (meaning.kind) {
    case Kind::present:
      wanted.kind = Wanted::Kind::present;
      break;
    case Kind::outside:
      wanted.kind = Wanted::Kind::outside;
      break;
    case Kind::deliverable:
      wanted.kind = Wanted::Kind::deliverable;
      break;
    default:
      wanted.kind = Wanted::Kind::finds;
  }
  return wanted;
}

Chosen chosen_text(Group group, const Solution& solution) {
  Chosen chosen;
  if (group == Group::header) {
    if (solution.value) chosen.headers.push_back(*solution.value);
  } else {
    chosen.text = solution.value;
  }
  return chosen;
}

}  // namespace

Choices::Choices(std::vector<const Policy*> policies, const Predicates& predicates,
                 std::size_t candidates, Solutions& solutions)
    : policies_(std::move(policies)),
      predicates_(predicates),
      candidates_(candidates),
      solutions_(solutions) {
  if (policies_.size() > 1) joint_.emplace(*policies_[0], *policies_[1]);
}

const Choice& Choices::find(Group group, std::span<const Literal> path) {
  const std::pair key{group, std::vector<Literal>(path.begin(), path.end())};
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  Choice choice = search(group, path);
  return known_.emplace(key, std::move(choice)).first->second;
}

Choice Choices::search(Group group, std::span<const Literal> path) {
  if (group == Group::names) return search_names(path);
  if (group == Group::header) return search_headers(path);
  return search_one(group, path);
}

void Choices::add_wants(Wants& wants, const Literal& literal, std::optional<Field> only) const {
  for (Side side = 0; side < policies_.size(); ++side) {
    const auto* meaning = predicates_.meaning(literal.variable, side);
    if (meaning == nullptr) continue;
    if (meaning->kind == Kind::same || meaning->kind == Kind::finds_among) return;
    if (only && meaning->subject.field != *only) return;
    const Wanted wanted = wanted_of(*meaning, literal.holds);
    if (joint_) {
      const auto translated = joint_->translated(wanted, side);
      wants.insert(wants.end(), translated.begin(), translated.end());
    } else {
      wants.push_back(wanted);
    }
    return;  // to the other side it means the same
  }
}

// The wants of a path for solve(), without those that another of them implies.
Choices::Wants Choices::wants(std::span<const Literal> path, std::optional<Field> only) const {
  Wants found;
  for (const auto& literal : path) add_wants(found, literal, only);
  const auto implied = [&](const Wanted& wanted) {
    return !wanted.holds && wanted.kind == Wanted::Kind::finds &&
           std::any_of(found.begin(), found.end(), [&](const Wanted& other) {
             return other.holds && other.kind == Wanted::Kind::finds &&
                    other.lookup == wanted.lookup && other.subject == wanted.subject;
           });
  };
  Wants result;
  std::copy_if(found.begin(), found.end(), std::back_inserter(result),
               [&](const Wanted& wanted) { return !implied(wanted); });
  return result;
}

Solution Choices::ask(Field field, const Wants& wants) {
  if (used_ > candidates_) throw OutOfBudget();
  SolveBudget budget;
  budget.candidates = std::min(budget.candidates, candidates_ - used_ + 1);
  return solutions_.find(solved_policy(), field, wants, budget, used_);
}

Choice Choices::search_one(Group group, std::span<const Literal> path) {
  const Solution solution = ask(field_of(group), wants(path, std::nullopt));
  Choice choice{solution.feasible, chosen_text(group, solution), solution.why_unknown};
  if (choice.feasible == Feasible::yes && !agrees(path, choice.chosen)) {
    choice.feasible = Feasible::unknown;
    choice.why_unknown = "texts that are compared with each other";
  }
  return choice;
}

// Without a confirmed name the PTR may say anything; with one both names are the same text.
Choice Choices::search_names(std::span<const Literal> path) {
  Choice best;
  best.feasible = Feasible::no;
  const auto consider = [&](const Solution& solution, bool confirmed) {
    Choice choice{solution.feasible, {solution.value, confirmed, {}}, solution.why_unknown};
    if (choice.feasible == Feasible::yes && !agrees(path, choice.chosen)) {
      choice.feasible = Feasible::unknown;
      choice.why_unknown = "names that are compared with each other";
    }
    if (rank(choice.feasible) < rank(best.feasible)) best = std::move(choice);
  };
  auto of_client = wants(path, Field::client_name);
  auto of_reverse = wants(path, Field::reverse_name);
  const bool needs_name = std::any_of(of_client.begin(), of_client.end(),
                                      [](const Wanted& wanted) { return wanted.holds; });
  if (!needs_name) consider(ask(Field::reverse_name, of_reverse), false);
  if (best.feasible == Feasible::yes) return best;
  for (auto& wanted : of_reverse) {
    wanted.subject.field = Field::client_name;
    of_client.push_back(wanted);
  }
  Wanted present;
  present.kind = Wanted::Kind::present;
  present.subject.field = Field::client_name;
  of_client.push_back(present);
  consider(ask(Field::client_name, of_client), true);
  return best;
}

// One line for everything if there is one, else a line for each predicate. That there is none is
// only said of what must hold of one and the same line.
Choice Choices::search_headers(std::span<const Literal> path) {
  if (agrees(path, {})) return {Feasible::yes, {}, ""};
  Choice choice = search_one(Group::header, path);
  if (choice.feasible == Feasible::yes) return choice;
  Choice lines;
  for (const auto& literal : path) {
    if (!literal.holds) continue;
    const auto* meaning = predicates_.meaning(literal.variable, 0);
    if (meaning == nullptr || meaning->kind != Kind::finds) continue;
    std::vector<Literal> alone{literal};
    // What is rewritten is the line in which the row was found.
    for (const auto& other : path) {
      const auto* of_other = predicates_.meaning(other.variable, 0);
      if (of_other != nullptr && other.holds && !of_other->subject.via.empty()) {
        alone.push_back(other);
      }
    }
    const Choice line = search_one(Group::header, alone);
    if (line.feasible == Feasible::no && alone.size() == 1) return line;
    if (line.feasible != Feasible::yes) continue;
    lines.chosen.headers.insert(lines.chosen.headers.end(), line.chosen.headers.begin(),
                                line.chosen.headers.end());
  }
  if (agrees(path, lines.chosen)) return {Feasible::yes, lines.chosen, ""};
  choice.feasible = Feasible::unknown;
  return choice;
}

// What may be left out is left out first.
std::vector<Chosen> Choices::make_seeds(Group group) const {
  std::vector<Chosen> all;
  if (group == Group::session) return all;
  const bool must_be =
      group == Group::recipient || group == Group::earlier || group == Group::sender;
  if (!must_be) all.emplace_back();
  for (auto& text : policy::seeds(solved_policy(), field_of(group))) {
    if (group == Group::header) {
      all.push_back({std::nullopt, false, {std::move(text)}});
    } else {
      all.push_back({std::move(text), false, {}});
    }
  }
  if (group != Group::names) return all;
  for (auto& name : policy::seeds(solved_policy(), Field::client_name)) {
    all.push_back({std::move(name), true, {}});
  }
  return all;
}

Choices::Seeds& Choices::seeds_of(Group group) {
  const auto [entry, is_new] = seeds_.try_emplace(group);
  if (is_new) entry->second.texts = make_seeds(group);
  return entry->second;
}

const std::vector<Chosen>& Choices::seeds(Group group) { return seeds_of(group).texts; }

// Whether it is asked if the text is outside, and it is neither that nor a side's own: two sides
// are compared by what they relay and by what they take for themselves.
bool Choices::is_nobodys(Variable variable, const Chosen& chosen) const {
  for (Side side = 0; joint_ && side < policies_.size(); ++side) {
    const auto* meaning = predicates_.meaning(variable, side);
    if (meaning == nullptr || meaning->kind != Kind::outside) continue;
    const Policy& policy = *policies_[side];
    if (value(*meaning, policy, chosen)) continue;
    for (const auto& text : texts(meaning->subject, policy, chosen)) {
      if (!answers_for(policy, part_of(text, Part::domain))) return true;
    }
  }
  return false;
}

std::optional<bool> Choices::value_of_seed(Group group, std::size_t seed, Variable variable) {
  auto& of_group = seeds_of(group);
  const auto key = (std::uint64_t{seed} << 32) | variable;
  const auto known = of_group.values.find(key);
  if (known != of_group.values.end()) return known->second;
  const auto& chosen = of_group.texts.at(seed);
  const auto answer = is_nobodys(variable, chosen) ? std::nullopt : value(variable, chosen);
  of_group.values.emplace(key, answer);
  return answer;
}

bool Choices::agrees(std::span<const Literal> path, const Chosen& chosen) const {
  return std::all_of(path.begin(), path.end(), [&](const Literal& literal) {
    return value(literal.variable, chosen) == literal.holds;
  });
}

std::optional<bool> Choices::value(Variable variable, const Chosen& chosen) const {
  std::optional<bool> result;
  for (Side side = 0; side < policies_.size(); ++side) {
    const auto* meaning = predicates_.meaning(variable, side);
    if (meaning == nullptr) continue;
    const bool here = value(*meaning, *policies_[side], chosen);
    if (result && *result != here) return std::nullopt;
    result = here;
  }
  return result;
}

std::vector<std::string> Choices::texts(const Subject& subject, const Policy& policy,
                                        const Chosen& chosen) const {
  std::vector<std::string> all;
  if (subject.field == Field::header) {
    all = chosen.headers;
  } else if (chosen.text && (subject.field != Field::client_name || chosen.confirmed)) {
    all.push_back(*chosen.text);
  }
  for (auto& text : all) {
    text = std::string(part_of(rewritten(policy, std::move(text), subject.via), subject.part));
  }
  return all;
}

bool Choices::value(const Predicate& meaning, const Policy& policy, const Chosen& chosen) const {
  const auto all = texts(meaning.subject, policy, chosen);
  const auto result_of = [&](const std::string& text) -> std::optional<std::uint32_t> {
    const auto found = policy::find(policy.tables, policy.lookups.at(meaning.id), text);
    return found ? std::optional(found->row.result) : std::nullopt;
  };
  switch (meaning.kind) {
    case Kind::present:
      return !all.empty();
    case Kind::finds:
      for (const auto& text : all) {
        if (const auto result = result_of(text)) return *result == meaning.result;
      }
      return false;
    case Kind::finds_among:
      return std::any_of(all.begin(), all.end(), [&](const std::string& text) {
        const auto result = result_of(text);
        return result &&
               std::binary_search(meaning.results.begin(), meaning.results.end(), *result);
      });
    case Kind::outside:
    case Kind::deliverable:
      return std::any_of(all.begin(), all.end(), [&](const std::string& text) {
        return meets(policy, wanted_of(meaning, true), text);
      });
    case Kind::same: {
      const auto others = texts(meaning.other, policy, chosen);
      return !all.empty() && !others.empty() && equals_ignoring_case(all.front(), others.front());
    }
    default:
      return false;
  }
}

}  // namespace relayproof::policy
