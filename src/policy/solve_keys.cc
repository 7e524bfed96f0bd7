#include "policy/solve_keys.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "policy/part.h"

namespace relayproof::policy {
namespace {

// Larger tables are visited as they lie.
constexpr std::size_t sorted_up_to = 4096;

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
    all_.push_back(key);
    const bool has_at = key.find('@') != std::string_view::npos;
    if (has_at) {
      by_domain_.emplace(part_of(key, Part::domain), key);
    } else {
      without_domain_.push_back(key);
    }
    return true;
  });
  built_ = true;
}

bool HelpfulKeys::asks_locals() const {
  return wanted_.subject.part == Part::local || std::ranges::any_of(lookup_.keys, [](Key key) {
           return key == Key::local || key == Key::local_without_extension;
         });
}

void HelpfulKeys::visit(const Shape* shape, const Visit& visit) {
  if (!visited_) {
    visited_ = true;
    return visit_tables(visit);
  }
  if (!built_) build();
  const auto visit_all = [&](const auto& keys) { return std::ranges::all_of(keys, visit); };
  const bool at_domain = shape && shape->addressed && shape->domain.fixed && folds_ &&
                         wanted_.subject.part == Part::whole;
  if (!at_domain) return void(visit_all(all_));
  // A key with another domain is not asked there.
  for (const std::string& domain : {to_lower(shape->domain.prefix), std::string()}) {
    const auto [first, last] = by_domain_.equal_range(domain);
    for (auto entry = first; entry != last; ++entry) {
      if (!visit(entry->second)) return;
    }
  }
  if (asks_locals()) visit_all(without_domain_);
}

}  // namespace relayproof::policy
