#include "policy/solve_keys.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/text.h"
#include "policy/part.h"

namespace relayproof::policy {
namespace {

// Larger tables are visited as they lie.
constexpr std::size_t sorted_up_to = 4096;

// The bits of an index that hold a place.
constexpr std::uint64_t places = 0xffffffff;

std::uint64_t half_hash(std::string_view text) {
  return static_cast<std::uint64_t>(std::hash<std::string_view>()(text)) & ~places;
}

}  // namespace

bool has_patterns(const Policy& policy, const Lookup& lookup) {
  return pattern_rows(policy, lookup) > 0;
}

bool has_everything(const Policy& policy, const Lookup& lookup) {
  return std::ranges::any_of(lookup.tables, [&](std::uint32_t table) {
    return policy.tables.at(table).everything.has_value();
  });
}

std::size_t literals_in(const Policy& policy, const Lookup& lookup) {
  return std::accumulate(lookup.tables.begin(), lookup.tables.end(), std::size_t{0},
                         [&](std::size_t sum, std::uint32_t table) {
                           return sum + policy.tables.at(table).literals.size();
                         });
}

std::size_t pattern_rows(const Policy& policy, const Lookup& lookup) {
  return std::accumulate(lookup.tables.begin(), lookup.tables.end(), std::size_t{0},
                         [&](std::size_t sum, std::uint32_t table) {
                           return sum + policy.tables.at(table).patterns.size();
                         });
}

bool folds_case(const Policy& policy, const Lookup& lookup) {
  return std::ranges::all_of(lookup.tables, [&](std::uint32_t index) {
    const Table& table = policy.tables.at(index);
    return table.fold_case || table.literals.empty();
  });
}

bool HelpfulKeys::visit_table(const Table& table, const Visit& visit) const {
  if (table.literals.size() > sorted_up_to) {
    return std::ranges::all_of(table.literals, [&](const auto& entry) {
      return !helps(entry.second) || entry.first.empty() || visit(entry.first);
    });
  }
  std::vector<std::pair<std::uint32_t, std::string_view>> keys;
  for (const auto& [key, row] : table.literals) {
    if (helps(row) && !key.empty()) keys.emplace_back(row.line, key);
  }
  std::ranges::sort(keys);
  return std::ranges::all_of(keys, [&](const auto& key) { return visit(key.second); });
}

void HelpfulKeys::visit_tables(const Visit& visit) const {
  for (const auto table : lookup_.tables) {
    if (!visit_table(policy_.tables.at(table), visit)) return;
  }
}

void HelpfulKeys::build() {
  visit_tables([&](std::string_view key) {
    const auto place = static_cast<std::uint32_t>(all_.size());
    all_.push_back(key);
    if (key.find('@') == std::string_view::npos) {
      without_domain_.push_back(place);
    } else {
      by_domain_.push_back(half_hash(part_of(key, Part::domain)) | place);
    }
    return true;
  });
  std::ranges::sort(by_domain_);
  built_ = true;
}

// Keys `local@domain`.
bool HelpfulKeys::visit_at(std::string_view domain, const Visit& visit) const {
  const auto wanted = half_hash(domain);
  auto entry = std::ranges::lower_bound(by_domain_, wanted);
  for (; entry != by_domain_.end() && (*entry & ~places) == wanted; ++entry) {
    const auto key = all_[*entry & places];
    if (part_of(key, Part::domain) == domain && !visit(key)) return false;
  }
  return true;
}

bool HelpfulKeys::asks_locals() const {
  return wanted_.subject.part == Part::local || std::ranges::any_of(lookup_.keys, [](Key key) {
           return key == Key::local || key == Key::local_without_extension;
         });
}

// What the key is asked for is this domain or below it. A key of digits may stand for an address.
bool HelpfulKeys::is_own(std::string_view key) const {
  const bool is_name = key.find_first_of("@[") == std::string_view::npos && key.front() != '.' &&
                       key.find_first_not_of("0123456789.") != std::string_view::npos;
  return is_name && answers_for(policy_, key);
}

bool HelpfulKeys::all_are_own() {
  if (all_are_own_) return *all_are_own_;
  const bool names_only = std::ranges::all_of(lookup_.keys, [](Key key) {
    return key == Key::whole || key == Key::host_parents || key == Key::dotted_host_parents;
  });
  bool all = names_only && folds_ && wanted_.subject.part == Part::domain;
  if (all) {
    visit_tables([&](std::string_view key) {
      all = is_own(key);
      return all;
    });
  }
  all_are_own_ = all;
  return all;
}

void HelpfulKeys::visit(const Shape* shape, const Visit& visit) {
  const bool at_domain = shape && shape->addressed && shape->domain.fixed && folds_ &&
                         wanted_.subject.part == Part::whole;
  if (!at_domain && !built_ && !visited_) {
    visited_ = true;
    return visit_tables(visit);
  }
  if (!built_) build();
  if (!at_domain) return void(std::ranges::all_of(all_, visit));
  // A key with another domain is not asked there, and a domain's own is asked of all of them.
  if (!visit_at(to_lower(shape->domain.prefix), visit) || !visit_at("", visit)) return;
  if (!asks_locals()) return;
  std::ignore =
      std::ranges::all_of(without_domain_, [&](std::uint32_t place) { return visit(all_[place]); });
}

}  // namespace relayproof::policy
