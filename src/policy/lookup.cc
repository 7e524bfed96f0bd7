#include <algorithm>

#include "base/text.h"
#include "policy/part.h"
#include "policy/table.h"

namespace relayproof::policy {
namespace {

using Keys = std::vector<std::string>;

void add(Keys& keys, std::string key) {
  if (key.empty() || std::find(keys.begin(), keys.end(), key) != keys.end()) return;
  keys.push_back(std::move(key));
}

void add_parents(Keys& keys, std::string_view name, bool dotted) {
  for (const auto parent : parents_of(name, dotted)) add(keys, std::string(parent));
}

// The key made of a local part and what stands behind it; none if there is no extension to leave.
void add_without_extension(Keys& keys, std::string_view local, const Lookup& lookup,
                           std::string_view behind) {
  const auto shorter = without_extension(local, lookup.extension_delimiters);
  if (shorter.size() != local.size()) add(keys, std::string(shorter).append(behind));
}

void add_keys(Keys& keys, Key key, const Lookup& lookup, std::string_view text) {
  const auto local = part_of(text, Part::local);
  const auto domain = part_of(text, Part::domain);
  const std::string_view behind = text.substr(local.size());
  switch (key) {
    case Key::whole:
      return add(keys, std::string(text));
    case Key::without_extension:
      return add_without_extension(keys, local, lookup, behind);
    case Key::domain:
      return add(keys, std::string(domain));
    case Key::parents:
      return add_parents(keys, domain, false);
    case Key::dotted_parents:
      return add_parents(keys, domain, true);
    case Key::local_at:
      return add(keys, std::string(local) + '@');
    case Key::local_at_without_extension:
      return add_without_extension(keys, local, lookup, "@");
    case Key::local:
      return add(keys, std::string(local));
    case Key::local_without_extension:
      return add_without_extension(keys, local, lookup, "");
    case Key::at_domain:
      return behind.empty() ? void() : add(keys, std::string(behind));
    case Key::host_parents:
    case Key::dotted_host_parents:
      if (!is_numeric_host(text)) add_parents(keys, text, key == Key::dotted_host_parents);
  }
}

bool all_found(const std::vector<patterns::Pattern>& patterns, std::string_view text, bool wanted) {
  return std::all_of(patterns.begin(), patterns.end(), [&](const patterns::Pattern& pattern) {
    return pattern.matches(text).value_or(!wanted) == wanted;
  });
}

std::optional<Match> find_pattern(const Table& table, std::string_view text) {
  for (const auto& row : table.patterns) {
    if (!all_found(row.only_if, text, true) || !all_found(row.unless, text, false)) continue;
    const auto found = row.pattern.matches(text);
    if (!found || *found == row.negated) continue;
    return Match{&table, row.row, std::string(text), row.negated ? nullptr : &row.pattern};
  }
  return std::nullopt;
}

std::optional<Match> find_key(const Table& table, const std::string& key, const std::string& folded,
                              bool whole) {
  if (table.everything) return Match{&table, *table.everything, key, nullptr};
  if (whole && !table.patterns.empty()) return find_pattern(table, key);
  const auto found = table.literals.find(table.fold_case ? folded : key);
  if (found == table.literals.end()) return std::nullopt;
  return Match{&table, found->second, std::string(found->first), nullptr};
}

}  // namespace

std::vector<std::string> keys_of(const Lookup& lookup, std::string_view text) {
  Keys keys;
  for (const Key key : lookup.keys) add_keys(keys, key, lookup, text);
  return keys;
}

std::optional<Match> find(std::span<const Table> tables, const Lookup& lookup,
                          std::string_view text) {
  for (const auto& key : keys_of(lookup, text)) {
    const std::string folded = to_lower(key);
    for (const auto table : lookup.tables) {
      auto match = find_key(tables[table], key, folded, key == text);
      if (match) return match;
    }
  }
  return std::nullopt;
}

}  // namespace relayproof::policy
