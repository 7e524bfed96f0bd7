// Policies of a few tables, for tests of what is asked of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "policy/policy.h"
#include "policy/solve.h"

namespace relayproof::policy {

/// A policy that tests add tables to. Results are numbers.
class TablePolicy {
 public:
  struct Entry {
    std::string key;
    std::uint32_t result = 0;
  };
  TablePolicy() { policy.results.resize(8, Permit{}); }

  std::uint32_t table(const std::vector<Entry>& entries) {
    Table table;
    for (const auto& entry : entries) {
      table.storage.push_back(std::make_shared<const std::string>(to_lower(entry.key)));
      table.literals.emplace(*table.storage.back(), Row{entry.result, 0, {}});
    }
    return add(std::move(table));
  }
  std::uint32_t everything(std::uint32_t result) {
    Table table;
    table.everything = Row{result, 0, {}};
    return add(std::move(table));
  }
  struct Line {
    std::string pattern;
    std::uint32_t result = 0;
    bool negated = false;
    std::vector<std::string> only_if{};
    std::vector<std::string> unless{};
  };
  std::uint32_t patterns(const std::vector<Line>& lines) {
    Table table;
    for (const auto& line : lines) {
      table.patterns.push_back({compiled(line.pattern), line.negated, compiled(line.only_if),
                                compiled(line.unless), Row{line.result, 0, {}}});
    }
    return add(std::move(table));
  }
  std::uint32_t lookup(std::vector<std::uint32_t> tables, std::vector<Key> keys) {
    policy.lookups.push_back({std::move(tables), std::move(keys), "+"});
    return static_cast<std::uint32_t>(policy.lookups.size() - 1);
  }
  std::uint32_t named_transform(std::string name) {
    policy.transforms.push_back({Transform::Named{std::move(name)}, std::nullopt});
    return static_cast<std::uint32_t>(policy.transforms.size() - 1);
  }
  static patterns::Pattern compiled(const std::string& text) {
    return *patterns::Pattern::compile(text, patterns::Flavour::pcre, {.ignore_case = true});
  }

  Policy policy;

 private:
  static std::vector<patterns::Pattern> compiled(const std::vector<std::string>& texts) {
    std::vector<patterns::Pattern> all;
    all.reserve(texts.size());
    for (const auto& text : texts) all.push_back(compiled(text));
    return all;
  }
  std::uint32_t add(Table table) {
    policy.tables.push_back(std::move(table));
    return static_cast<std::uint32_t>(policy.tables.size() - 1);
  }
};

/// The address keys that access(5) and virtual(5) describe.
inline std::vector<Key> address_keys() {
  return {Key::whole, Key::without_extension, Key::domain, Key::parents, Key::local_at};
}

inline Subject whole(Field field) { return {field, Part::whole, {}}; }
inline Subject domain_of(Field field) { return {field, Part::domain, {}}; }

inline Wanted finds(std::uint32_t lookup, std::uint32_t result, Subject subject) {
  return {Wanted::Kind::finds, lookup, result, std::move(subject), true};
}
inline Wanted finds_not(std::uint32_t lookup, std::uint32_t result, Subject subject) {
  return {Wanted::Kind::finds, lookup, result, std::move(subject), false};
}
inline Wanted outside(Subject subject) {
  return {Wanted::Kind::outside, 0, 0, std::move(subject), true};
}
inline Wanted deliverable(Subject subject) {
  return {Wanted::Kind::deliverable, 0, 0, std::move(subject), true};
}
inline Wanted present(Field field, bool holds = true) {
  return {Wanted::Kind::present, 0, 0, whole(field), holds};
}

inline Solution solved(const Policy& policy, Field field, const std::vector<Wanted>& wanted) {
  std::size_t used = 0;
  return solve(policy, field, wanted, {}, used);
}

/// `no`, `unknown`, `hidden mail.example.com`, `yes someone@example.net`, `absent`.
inline std::string in_words(const Solution& solution) {
  using Feasible = Solution::Feasible;
  switch (solution.feasible) {
    case Feasible::yes:
      return solution.value ? "yes " + *solution.value : "absent";
    case Feasible::hidden:
      return "hidden " + solution.value.value_or("");
    case Feasible::unknown:
      return "unknown: " + solution.why_unknown;
    case Feasible::no:
      return "no";
  }
  return "";
}

}  // namespace relayproof::policy
