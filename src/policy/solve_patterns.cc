// The part of the search that looks at languages.
#include <algorithm>

#include "policy/solve_answers.h"
#include "policy/solve_language.h"
#include "policy/solve_search.h"

namespace relayproof::policy {
namespace {

// Of a language in one search. Patterns of real tables need some tens.
constexpr std::size_t states_of_search = 4000;

// Members that are offered: of each sort of usual texts, and in the end.
constexpr std::size_t usual_tried = 100;
constexpr std::size_t most_tried = 300;

// Of tables with more rows than this, rows are tried one by one.
constexpr std::size_t rows_tried = 20;
constexpr std::size_t tried_of_row = 10;

constexpr const char* none_fits = "patterns leave texts, but none of those tried fits";

}  // namespace

// Where lookups with patterns are all that fails. If one of them has too many literal keys for a
// language, its keys may still lead to a text.
TextSearch::Outcome TextSearch::explore_patterns(const Shape& shape,
                                                 const std::vector<const Wanted*>& failing,
                                                 std::size_t depth) {
  const auto outcome = explore_leaf(shape);
  const auto large = std::ranges::find_if(failing, [&](const Wanted* wanted) {
    return wanted->kind == Wanted::Kind::finds && helpful_at_most(*wanted) > most_literals;
  });
  if (outcome != Outcome::unknown || large == failing.end()) return outcome;
  return refine(&shape, **large, depth) == Outcome::found ? Outcome::found : outcome;
}

bool TextSearch::any_patterns() const {
  return std::ranges::any_of(wanted_, [&](const Wanted* wanted) { return patterns_in(*wanted); });
}

const patterns::Language& TextSearch::meeting(const Wanted& wanted) {
  const auto known = languages_.find(&wanted);
  if (known != languages_.end()) return known->second;
  return languages_.emplace(&wanted, possibly_meeting(policy_, wanted)).first->second;
}

// All members of the shape that possibly meet everything.
patterns::Language TextSearch::members(const Shape& shape) {
  auto all = possible_texts(policy_, field_) & language_of(shape, Case::any);
  for (const auto* wanted : wanted_) all = all & meeting(*wanted);
  return all;
}

// The same and more: without the literal tables, which most members of the shape do not meet.
patterns::Language TextSearch::roughly(const Shape& shape) {
  auto all = possible_texts(policy_, field_) & language_of(shape, Case::any);
  for (const auto* wanted : wanted_) {
    const bool literal = wanted->kind == Wanted::Kind::finds && !patterns_in(*wanted);
    if (!literal) all = all & meeting(*wanted);
  }
  return all;
}

// Asked once for the whole search, so that not each of many keys asks in vain.
bool TextSearch::nothing_fits_patterns() {
  if (!nothing_fits_patterns_) {
    auto all = possible_texts(policy_, field_);
    for (const auto* wanted : wanted_) all = all & meeting(*wanted);
    nothing_fits_patterns_ =
        find_any(all, search_budget(1), nullptr) == patterns::Searched::exhausted;
  }
  return *nothing_fits_patterns_;
}

TextSearch::Outcome TextSearch::explore_leaf(const Shape& shape) {
  if (try_rows(language_of(shape, Case::any))) return Outcome::found;
  if (nothing_fits_patterns()) return Outcome::none;
  if (find_any(roughly(shape), search_budget(1), nullptr) == patterns::Searched::exhausted)
    return Outcome::none;
  const auto all = members(shape);
  if (field_ != Field::client_name) return search_members(all);
  const auto outcome =
      search_members(all & ~(at_or_below(policy_.owned_names) | at_or_below(policy_.answers_for)));
  if (outcome != Outcome::none || hidden_) return outcome;
  // No stranger; somebody else?
  const auto found = find_member(
      all,
      [&](std::string_view text) {
        attempt(std::string(text));
        return hidden_.has_value();
      },
      search_budget(std::min<std::size_t>(most_tried, end_ - std::min(end_, used_))));
  return found.searched == patterns::Searched::gave_up ? unknown(none_fits) : Outcome::none;
}

patterns::SearchBudget TextSearch::search_budget(std::size_t candidates) const {
  return {.states = states_of_search, .candidates = candidates, .work = &used_};
}

patterns::Searched TextSearch::offer(const patterns::Language& language, std::size_t candidates) {
  if (out_of_budget()) return patterns::Searched::gave_up;
  return find_member(
             language,
             [&](std::string_view text) { return attempt(std::string(text)) == Tried::taken; },
             search_budget(std::min(candidates, end_ - used_)))
      .searched;
}

// A table of many rows is a large language; one row of it often has what is wanted.
bool TextSearch::try_rows(const patterns::Language& shape) {
  const auto usual = usual_texts(field_);
  for (const auto* wanted : wanted_) {
    if (!patterns_in(*wanted)) continue;
    if (pattern_rows(policy_, policy_.lookups.at(wanted->lookup)) <= rows_tried) continue;
    for (const auto& row : possibly_meeting_rows(policy_, *wanted, rows_tried)) {
      for (const auto& sort : usual) {
        const auto searched = offer(row & shape & sort, tried_of_row);
        if (searched == patterns::Searched::found) return true;
      }
    }
  }
  return false;
}

TextSearch::Outcome TextSearch::search_members(const patterns::Language& all) {
  if (find_any(all, search_budget(1), nullptr) == patterns::Searched::exhausted)
    return Outcome::none;
  refused_ = false;
  for (const auto& usual : usual_texts(field_)) {
    if (offer(all & usual, usual_tried) == patterns::Searched::found) return Outcome::found;
  }
  const auto searched = offer(all, most_tried);
  if (searched == patterns::Searched::found) return Outcome::found;
  if (searched == patterns::Searched::exhausted && !refused_) return Outcome::none;
  return unknown(refused_ ? no_way_to_send : none_fits);
}

}  // namespace relayproof::policy
