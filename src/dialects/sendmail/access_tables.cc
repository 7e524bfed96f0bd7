#include "dialects/sendmail/access_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/text.h"
#include "mail/ip_address.h"

namespace relayproof::sendmail {
namespace {

constexpr std::size_t octets = 4;
constexpr std::size_t groups = 8;

std::optional<unsigned> number(std::string_view text, int base, unsigned most) {
  if (text.empty()) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = end == text.data() + text.size();
  const bool as_printed = text.size() == 1 || text.front() != '0';
  if (error != std::errc() || !whole || !as_printed || value > most) return std::nullopt;
  return value;
}

std::optional<mail::IpSet> network_v4(std::string_view key) {
  const auto parts = split(key, '.');
  if (parts.size() > octets) return std::nullopt;
  std::array<std::uint8_t, octets> bytes{};
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const auto octet = number(parts[index], 10, 255);
    if (!octet) return std::nullopt;
    bytes[index] = static_cast<std::uint8_t>(*octet);
  }
  return mail::IpSet::of(
      mail::Network{mail::IpAddress::v4(bytes), static_cast<unsigned>(8 * parts.size())});
}

// Addresses are written with all their groups from 8.15 on: `2001:db8:0:0:0:0:0:1`.
std::optional<mail::IpSet> network_v6(std::string_view key) {
  const auto parts = split(key, ':');
  if (parts.size() > groups) return std::nullopt;
  std::array<std::uint8_t, 2 * groups> bytes{};
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const auto group = number(parts[index], 16, 0xffff);
    if (!group) return std::nullopt;
    bytes[2 * index] = static_cast<std::uint8_t>(*group >> 8U);
    bytes[2 * index + 1] = static_cast<std::uint8_t>(*group & 0xffU);
  }
  return mail::IpSet::of(
      mail::Network{mail::IpAddress::v6(bytes), static_cast<unsigned>(16 * parts.size())});
}

// How much of an address a key is: octets or groups.
std::size_t parts_of(std::string_view key) {
  return static_cast<std::size_t>(
      std::count_if(key.begin(), key.end(), [](char c) { return c == '.' || c == ':'; }));
}

bool is_of(const AccessRow& row, std::string_view tag, AccessTables::Untagged untagged) {
  if (row.tag.empty()) return untagged == AccessTables::Untagged::count;
  return equals_ignoring_case(row.tag, tag);
}

// The rows of one name: with the tag before without, the first of its kind before later ones.
struct Candidates {
  const AccessRow* tagged = nullptr;
  const AccessRow* plain = nullptr;
  const AccessRow* best() const { return tagged != nullptr ? tagged : plain; }
  void add(const AccessRow& row) {
    auto& place = row.tag.empty() ? plain : tagged;
    if (place == nullptr) place = &row;
  }
};

}  // namespace

std::optional<mail::IpSet> network_of_key(std::string_view key) {
  if (starts_with_ignoring_case(key, "IPv6:")) return network_v6(key.substr(5));
  return network_v4(key);
}

bool is_made_of_digits(std::string_view name) {
  return name.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::vector<AccessNetwork> AccessTables::networks(std::string_view tag, Keys keys) const {
  std::map<std::string, Candidates> by_key;
  const auto network_of = [keys](const AccessRow& row) -> std::optional<mail::IpSet> {
    if (keys == Keys::plain) return network_of_key(row.key);
    if (!row.key.starts_with('[') || !row.key.ends_with(']')) return std::nullopt;
    return network_of_key(row.key.substr(1, row.key.size() - 2));
  };
  for (const auto& row : map_.rows) {
    if (is_of(row, tag, Untagged::count) && network_of(row)) by_key[to_lower(row.key)].add(row);
  }
  std::vector<const AccessRow*> rows;
  for (const auto& [key, candidates] : by_key) rows.push_back(candidates.best());
  std::stable_sort(rows.begin(), rows.end(), [](const AccessRow* one, const AccessRow* other) {
    return parts_of(one->key) > parts_of(other->key);
  });
  std::vector<AccessNetwork> networks;
  mail::IpSet taken;
  std::size_t begin = 0;
  // Keys of one length do not overlap: what is taken is added length by length.
  for (std::size_t index = 0; index <= rows.size(); ++index) {
    const bool ends =
        index == rows.size() || parts_of(rows[index]->key) != parts_of(rows[begin]->key);
    if (ends && index > begin) {
      mail::IpSetBuilder added;
      for (auto at = begin; at < index; ++at) added.add(*network_of(*rows[at]));
      taken = taken | added.build();
      begin = index;
    }
    if (index == rows.size()) break;
    networks.push_back({rows[index], *network_of(*rows[index]) - taken});
  }
  return networks;
}

policy::Table AccessTables::empty_table(std::string_view tag) const {
  policy::Table table;
  table.name = "access " + std::string(tag);
  table.file = map_.file;
  table.storage.push_back(map_.text);
  return table;
}

void AccessTables::add(policy::Table& table, std::string key, const AccessRow& row,
                       const ResultOf& result) const {
  const auto stored = std::make_shared<const std::string>(std::move(key));
  if (table.literals.try_emplace(*stored, {result(row), row.line, row.value}).second) {
    table.storage.push_back(stored);
  }
}

std::uint32_t AccessTables::names(std::string_view tag, Untagged untagged, bool parents,
                                  const ResultOf& result) const {
  struct Rows {
    Candidates name;
    Candidates below;
  };
  std::map<std::string, Rows> by_name;
  for (const auto& row : map_.rows) {
    if (!is_of(row, tag, untagged) || row.key.find('@') != std::string_view::npos) continue;
    auto key = to_lower(row.key);
    if (key.empty()) continue;
    if (key.front() != '.') {
      by_name[key].name.add(row);
    } else if (dots_) {
      by_name[key.substr(1)].below.add(row);
    }
  }
  auto table = empty_table(tag);
  for (const auto& [name, rows] : by_name) {
    if (const auto* row = rows.name.best()) add(table, name, *row, result);
    const auto* below = rows.below.best() != nullptr ? rows.below.best() : rows.name.best();
    // No name ends in digits: such keys are networks.
    if (parents && !is_made_of_digits(name)) add(table, '.' + name, *below, result);
  }
  policy::Lookup lookup{{builder_.table(std::move(table))}, {policy::Key::whole}, ""};
  if (parents) lookup.keys.push_back(policy::Key::dotted_host_parents);
  return builder_.lookup(lookup);
}

std::uint32_t AccessTables::mailboxes(std::string_view tag, Untagged untagged,
                                      const ResultOf& result) const {
  std::map<std::string, Candidates> by_key;
  for (const auto& row : map_.rows) {
    const auto at = row.key.find('@');
    if (!is_of(row, tag, untagged) || at == std::string_view::npos || at + 1 == row.key.size()) {
      continue;
    }
    by_key[to_lower(row.key)].add(row);
  }
  auto table = empty_table(tag);
  for (const auto& [key, rows] : by_key) add(table, key, *rows.best(), result);
  return builder_.lookup({{builder_.table(std::move(table))},
                          {policy::Key::whole, policy::Key::without_extension},
                          "+"});
}

std::uint32_t AccessTables::users(std::string_view tag, Untagged untagged,
                                  const ResultOf& result) const {
  std::map<std::string, Candidates> by_key;
  for (const auto& row : map_.rows) {
    if (is_of(row, tag, untagged) && row.key.ends_with('@')) by_key[to_lower(row.key)].add(row);
  }
  auto table = empty_table(tag);
  for (const auto& [key, rows] : by_key) add(table, key, *rows.best(), result);
  return builder_.lookup({{builder_.table(std::move(table))},
                          {policy::Key::local_at, policy::Key::local_at_without_extension},
                          "+"});
}

}  // namespace relayproof::sendmail
