#include "policy/solve_search.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "policy/candidates.h"
#include "policy/part.h"
#include "policy/solve_check.h"

namespace relayproof::policy {
namespace {

using Kind = Wanted::Kind;

// Each step fixes more; real tables need two or three.
constexpr std::size_t most_steps = 12;

// Where nearly every key has a domain of its own, keeping them all costs more than it saves.
constexpr std::size_t most_domains_kept = 20'000;

// Safely less than what is_domain_name() takes.
constexpr std::size_t longest_name = 200;

constexpr const char* too_many = "too many texts to try";

bool is_name(Field field) { return field == Field::client_name || field == Field::reverse_name; }

// Whether most texts of the field look so.
bool is_usual(const Shape& shape, Field field) {
  if (field != Field::sender && field != Field::recipient) return !shape.addressed;
  return shape.addressed && shape.domain != TextShape::exactly("");
}

bool contradict(const Wanted& one, const Wanted& other, Field field) {
  if (one.kind != other.kind || one.subject != other.subject || one.lookup != other.lookup) {
    return false;
  }
  if (one.result == other.result) return one.holds != other.holds;
  // One text has one result.
  return one.kind == Kind::finds && one.holds && other.holds && field != Field::header;
}

}  // namespace

TextSearch::TextSearch(const Policy& policy, Field field, std::vector<const Wanted*> wanted,
                       Accept accept, const SolveBudget& budget, std::size_t& used,
                       SolveMemory& memory)
    : policy_(policy),
      field_(field),
      wanted_(std::move(wanted)),
      accept_(std::move(accept)),
      used_(used),
      end_(used + budget.candidates),
      memory_(memory) {}

TextSearch::Outcome TextSearch::run() {
  if (is_contradiction()) return Outcome::none;
  for (const auto& text : plausible_texts(field_)) {
    if (attempt(text) == Tried::taken) return Outcome::found;
  }
  Outcome outcome = Outcome::none;
  if (const Wanted* wanted = driver()) {
    outcome = refine(nullptr, *wanted, 0);
  } else {
    const bool is_address = field_ == Field::sender || field_ == Field::recipient;
    for (const bool addressed : {is_address, !is_address}) {
      const auto part = explore({addressed, TextShape::any(), TextShape::any(), false}, 0);
      if (part == Outcome::found) return part;
      if (part == Outcome::unknown) outcome = part;
    }
  }
  const bool folds = std::ranges::all_of(wanted_, [&](const Wanted* wanted) {
    return wanted->kind != Kind::finds || folds_case(policy_, policy_.lookups.at(wanted->lookup));
  });
  if (outcome == Outcome::none && !folds) return unknown("a table tells upper from lower case");
  return outcome;
}

TextSearch::Outcome TextSearch::unknown(std::string why) {
  if (why_unknown_.empty()) why_unknown_ = std::move(why);
  return Outcome::unknown;
}

bool TextSearch::is_contradiction() const {
  for (std::size_t one = 0; one < wanted_.size(); ++one) {
    for (std::size_t other = 0; other < one; ++other) {
      if (contradict(*wanted_[one], *wanted_[other], field_)) return true;
    }
  }
  return false;
}

// A lookup that shall find a result of literal keys only, the one with the fewest of them.
const Wanted* TextSearch::driver() const {
  const Wanted* best = nullptr;
  for (const auto* wanted : wanted_) {
    if (wanted->kind != Kind::finds || !wanted->holds || patterns_in(*wanted)) continue;
    if (has_everything(policy_, policy_.lookups.at(wanted->lookup))) continue;
    if (!best || helpful_at_most(*wanted) < helpful_at_most(*best)) best = wanted;
  }
  return best;
}

bool TextSearch::patterns_in(const Wanted& wanted) const {
  return wanted.kind == Kind::finds && has_patterns(policy_, policy_.lookups.at(wanted.lookup));
}

std::size_t TextSearch::helpful_at_most(const Wanted& wanted) const {
  return literals_in(policy_, policy_.lookups.at(wanted.lookup));
}

TextSearch::Tried TextSearch::attempt(const std::string& text) {
  ++used_;
  const bool met = std::ranges::all_of(
      wanted_, [&](const Wanted* wanted) { return meets(policy_, *wanted, text); });
  if (!met) return Tried::failed;
  const auto owner = ownership(policy_, field_, text);
  if (owner == Ownership::impossible) return Tried::failed;
  const bool must_exist = field_ == Field::client_name || field_ == Field::recipient;
  const bool taken =
      can_be_sent(policy_, field_, text) && !(must_exist && is_made_up(text)) && accept_(text);
  if (owner == Ownership::somebodys) {
    if (!hidden_) hidden_ = text;
    return Tried::failed;
  }
  if (!taken) {
    refused_ = true;
    return Tried::refused;
  }
  value_ = text;
  return Tried::taken;
}

// Whether what is wanted depends on nothing but the domain, for a text that has a fixed one.
bool TextSearch::settled_by_domain(const Wanted& wanted) const {
  if (wanted.subject.part == Part::local) return false;
  if (wanted.kind == Kind::outside) return true;
  return wanted.kind == Kind::finds && wanted.subject.part == Part::domain &&
         !patterns_in(wanted) && folds_case(policy_, policy_.lookups.at(wanted.lookup));
}

// True if no text in this domain, which is in lower case, meets what depends on the domain alone.
bool TextSearch::is_dead(std::string_view domain) {
  const auto known = dead_domains_.find(domain);
  if (known != dead_domains_.end()) return known->second;
  const std::string text = "someone@" + std::string(domain);
  const bool dead = std::ranges::any_of(wanted_, [&](const Wanted* wanted) {
    return settled_by_domain(*wanted) && !meets(policy_, *wanted, text);
  });
  if (dead_domains_.size() < most_domains_kept) dead_domains_.emplace(domain, dead);
  return dead;
}

bool TextSearch::is_dead(const Shape& shape) {
  if (!shape.addressed) return false;
  if (shape.domain.fixed) return is_dead(to_lower(shape.domain.prefix));
  if (!shape.domain.suffix.starts_with('.')) return false;
  // What is below a domain that the server answers for is not outside either.
  return wants_outside() && answers_for(policy_, shape.domain.with("x"));
}

// The same as is_dead() of all shapes that ask for this key, without making them.
bool TextSearch::is_dead(Key kind, std::string_view key, Part part) {
  const auto at = key.rfind('@');
  const bool has_at = at != std::string_view::npos;
  switch (kind) {
    case Key::whole:
    case Key::without_extension:
    case Key::at_domain:
      if (part == Part::whole) return has_at && is_dead(key.substr(at + 1));
      return part == Part::domain && kind == Key::whole && !has_at && is_dead(key);
    case Key::domain:
      return part == Part::whole && !has_at && is_dead(key);
    default:
      return false;
  }
}

TextSearch::Outcome TextSearch::explore(const Shape& shape, std::size_t depth) {
  if ((shape.addressed && is_name(field_)) || is_dead(shape)) return Outcome::none;
  if (depth > most_steps) return unknown("tables refer to each other too deeply");
  const auto texts = representatives(shape, field_);
  Tried last = Tried::failed;
  for (const auto& text : texts) {
    last = attempt(text);
    if (last == Tried::taken) return Outcome::found;
    if (out_of_budget()) return unknown(too_many);
  }
  if (last == Tried::refused && any_patterns()) return explore_leaf(shape);
  if (last == Tried::refused) return unknown(no_way_to_send);
  return explore_failing(shape, texts.back(), depth);
}

// True if no member of a shape meets what its fresh member does not meet.
bool TextSearch::is_settled(const Wanted& wanted) const {
  return wanted.kind != Kind::finds && wanted.holds;
}

// False if a key that was made up is in a table.
bool TextSearch::stands_for_shape(const Wanted& wanted, const std::string& fresh) const {
  const auto text = part_of(fresh, wanted.subject.part);
  const auto match = find(policy_.tables, policy_.lookups.at(wanted.lookup), text);
  return !match || match->table->everything || !is_fresh(match->key);
}

TextSearch::Outcome TextSearch::explore_failing(const Shape& shape, const std::string& fresh,
                                                std::size_t depth) {
  std::vector<const Wanted*> failing;
  std::ranges::copy_if(wanted_, std::back_inserter(failing),
                       [&](const Wanted* wanted) { return !meets(policy_, *wanted, fresh); });
  // Nothing failed but the owner of the name, and that is settled by what is fixed.
  if (failing.empty()) return Outcome::none;
  if (std::ranges::any_of(failing, [&](const Wanted* w) { return is_settled(*w); })) {
    // A shorter member could be a name where the fresh one is too long.
    return fresh.size() < longest_name ? Outcome::none : unknown("very long names");
  }
  const Wanted* easiest = nullptr;
  for (const auto* wanted : failing) {
    if (wanted->kind != Kind::finds || patterns_in(*wanted)) continue;
    if (!stands_for_shape(*wanted, fresh)) continue;
    if (!easiest || helpful_at_most(*wanted) < helpful_at_most(*easiest)) easiest = wanted;
  }
  if (easiest) return refine(&shape, *easiest, depth);
  return explore_patterns(shape, failing, depth);
}

HelpfulKeys& TextSearch::keys_for(const Wanted& wanted) {
  Wanted alike = wanted;
  alike.subject = {};
  alike.subject.part = wanted.subject.part;
  return memory_.keys.try_emplace(alike, policy_, alike).first->second;
}

// Of the domain itself; a text in a domain that the server answers for does not do then.
bool TextSearch::wants_outside() const {
  return std::ranges::any_of(wanted_, [&](const Wanted* wanted) {
    return wanted->kind == Kind::outside && wanted->holds && settled_by_domain(*wanted);
  });
}

TextSearch::Outcome TextSearch::refine(const Shape* shape, const Wanted& wanted,
                                       std::size_t depth) {
  const Lookup& lookup = policy_.lookups.at(wanted.lookup);
  const Part part = wanted.subject.part;
  const bool folds = folds_case(policy_, lookup);
  Outcome outcome = Outcome::none;
  // True while the search goes on.
  const auto explore_part = [&](const Shape& asking) {
    const auto result = explore_child(shape, asking, depth + 1);
    if (result != Outcome::none) outcome = result;
    return result != Outcome::found && !out_of_budget();
  };
  auto& keys = keys_for(wanted);
  const auto visit_key = [&](std::string_view key) {
    std::vector<Shape> parts;
    for (const Key kind : lookup.keys) {
      if (folds && is_dead(kind, key, part)) continue;
      std::ranges::move(shapes_asking(kind, key, lookup.extension_delimiters, part),
                        std::back_inserter(parts));
    }
    std::stable_partition(parts.begin(), parts.end(),
                          [&](const Shape& each) { return is_usual(each, field_); });
    return std::ranges::all_of(parts, explore_part);
  };
  if (!wants_outside() || !keys.all_are_own()) keys.visit(shape, visit_key);
  if (outcome == Outcome::found) return outcome;
  if (out_of_budget()) return unknown(too_many);
  if (!has_everything(policy_, lookup)) return outcome;
  if (!std::ranges::all_of(shapes_without(part), explore_part)) {
    return outcome == Outcome::found ? outcome : unknown(too_many);
  }
  const bool always_asked = std::ranges::find(lookup.keys, Key::whole) != lookup.keys.end();
  return always_asked ? outcome : unknown("a table that has everything is not always asked");
}

TextSearch::Outcome TextSearch::explore_child(const Shape* shape, const Shape& asking,
                                              std::size_t depth) {
  const auto child = shape ? both(*shape, asking) : asking;
  if (!child || (shape && *child == *shape)) return Outcome::none;  // all of it asks for that key
  const auto outcome = explore(*child, depth);
  if (outcome == Outcome::none && child->wider) return unknown("names made of digits");
  return outcome;
}

}  // namespace relayproof::policy
