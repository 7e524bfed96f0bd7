// The part of the search that looks at languages.
#include <algorithm>

#include "policy/solve_answers.h"
#include "policy/solve_language.h"
#include "policy/solve_search.h"

namespace relayproof::policy {
namespace {

// A search among languages costs as much as trying so many texts.
constexpr std::size_t cost_of_leaf = 100;

// Members that are offered: of each sort of usual texts, and in the end.
constexpr std::size_t usual_tried = 100;
constexpr std::size_t most_tried = 300;

constexpr const char* none_fits = "patterns leave texts, but none of those tried fits";

}  // namespace

// Where lookups with patterns are all that fails. One with too many literal keys for a language is
// met by one of them or by a pattern.
TextSearch::Outcome TextSearch::explore_patterns(const Shape& shape,
                                                 const std::vector<const Wanted*>& failing,
                                                 std::size_t depth) {
  const auto is_large = [&](const Wanted* wanted) {
    return wanted->kind == Wanted::Kind::finds && wanted->holds &&
           helpful_at_most(*wanted) > most_literals;
  };
  const auto large = std::ranges::find_if(failing, is_large);
  if (large == failing.end()) return explore_leaf(shape, nullptr);
  const auto outcome = explore_leaf(shape, *large);
  if (outcome == Outcome::found) return outcome;
  const auto by_key = refine(&shape, **large, depth);
  return by_key == Outcome::none ? outcome : by_key;
}

bool TextSearch::any_patterns() const {
  return std::ranges::any_of(wanted_, [&](const Wanted* wanted) { return patterns_in(*wanted); });
}

// All members of the shape that possibly meet everything.
patterns::Language TextSearch::members(const Shape& shape, const Wanted* by_pattern) {
  auto all = possible_texts(policy_, field_) & language_of(shape, Case::any);
  for (const auto* wanted : wanted_) {
    if (wanted == by_pattern) {
      all = all & possibly_meeting_by_pattern(policy_, *wanted);
      continue;
    }
    const auto known = languages_.find(wanted);
    if (known == languages_.end()) {
      const auto language = possibly_meeting(policy_, *wanted);
      languages_.emplace(wanted, language);
      all = all & language;
    } else {
      all = all & known->second;
    }
  }
  return all;
}

TextSearch::Outcome TextSearch::explore_leaf(const Shape& shape, const Wanted* by_pattern) {
  const auto all = members(shape, by_pattern);
  used_ += cost_of_leaf;
  if (field_ != Field::client_name) return search_members(all);
  const auto outcome = search_members(all & ~at_or_below(policy_.owned_names));
  if (outcome != Outcome::none || hidden_) return outcome;
  // No stranger; somebody else?
  const auto found =
      find_member(all,
                  [&](std::string_view text) {
                    attempt(std::string(text));
                    return hidden_.has_value();
                  },
                  {.candidates = std::min<std::size_t>(most_tried, end_ - std::min(end_, used_))});
  return found.searched == patterns::Searched::gave_up ? unknown(none_fits) : Outcome::none;
}

TextSearch::Outcome TextSearch::search_members(const patterns::Language& all) {
  if (find_any(all, {}, nullptr) == patterns::Searched::exhausted) return Outcome::none;
  bool refused = false;
  const auto accept = [&](std::string_view text) {
    const auto tried = attempt(std::string(text));
    refused = refused || tried == Tried::refused;
    return tried == Tried::taken;
  };
  auto searched = patterns::Searched::gave_up;
  const auto search = [&](const patterns::Language& language, std::size_t candidates) {
    if (out_of_budget()) return false;
    const patterns::SearchBudget budget{.candidates = std::min(candidates, end_ - used_)};
    searched = find_member(language, accept, budget).searched;
    return searched == patterns::Searched::found;
  };
  for (const auto& usual : usual_texts(field_)) {
    if (search(all & usual, usual_tried)) return Outcome::found;
  }
  searched = patterns::Searched::gave_up;
  if (search(all, most_tried)) return Outcome::found;
  if (searched == patterns::Searched::exhausted && !refused) return Outcome::none;
  return unknown(refused ? no_way_to_send : none_fits);
}

}  // namespace relayproof::policy
