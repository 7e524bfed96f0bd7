// Tables asked for a client's address: which addresses find which row.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <unordered_map>

#include "base/text.h"
#include "dialects/postfix/address_patterns.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/table_rows.h"
#include "mail/ip_number.h"

namespace relayproof::postfix {
namespace {

using mail::Interval;
using mail::IpSet;

// The addresses whose text is `key`, or begins with it at a separator: `192.0.2` is 192.0.2.0/24,
// `2001:db8` is 2001:db8::/32. nullopt for other keys.
struct KeyNetwork {
  mail::Network network;
  std::size_t parts = 0;
};

std::optional<KeyNetwork> v4_network(std::string_view key) {
  const auto parts = split(key, '.');
  if (parts.size() > 4) return std::nullopt;
  std::string whole(key);
  for (auto i = parts.size(); i < 4; ++i) whole += ".0";
  const auto address = mail::IpAddress::parse(whole);
  // A client's address is asked in its shortest spelling: no other key is ever found.
  if (!address || address->to_string() != whole) return std::nullopt;
  return KeyNetwork{{*address, static_cast<unsigned>(parts.size() * 8)}, parts.size()};
}

std::optional<KeyNetwork> v6_network(std::string_view key) {
  if (const auto address = mail::IpAddress::parse(key)) {
    if (address->to_string() != key) return std::nullopt;
    return KeyNetwork{{*address, 128}, 8};
  }
  const auto parts = split(key, ':');
  // What `::` stands for differs from address to address.
  if (parts.size() > 7 || key.find("::") != std::string_view::npos) return std::nullopt;
  const auto address = mail::IpAddress::parse(std::string(key) + "::");
  if (!address) return std::nullopt;
  return KeyNetwork{{*address, static_cast<unsigned>(parts.size() * 16)}, parts.size()};
}

std::optional<KeyNetwork> network_of(std::string_view key) {
  return key.find(':') == std::string_view::npos ? v4_network(key) : v6_network(key);
}

// Pieces that never overlap: what was taken first stays taken.
class Pieces {
 public:
  void take(const IpSet& addresses, std::uint32_t result, std::uint32_t line) {
    auto mine = addresses - taken_;
    if (mine.empty()) return;
    taken_ = taken_ | mine;
    pieces_.push_back({std::move(mine), result, line});
  }
  /// Those left of them may find this row, or a later one.
  void hide(const IpSet& addresses) {
    hidden_ = hidden_ | (addresses - taken_);
    taken_ = taken_ | addresses;
  }
  std::vector<AddressRows::Piece> finish() { return std::move(pieces_); }
  const IpSet& hidden() const { return hidden_; }

 private:
  IpSet taken_;
  IpSet hidden_;
  std::vector<AddressRows::Piece> pieces_;
};

// Longer keys are asked first; within one length no two rows meet.
std::vector<AddressRows::Piece> literal_pieces(const Table& native, const policy::Table& table) {
  struct Group {
    mail::IpSetBuilder addresses;
    std::uint32_t line = 0;
  };
  std::map<std::pair<std::size_t, std::uint32_t>, Group, std::greater<>> groups;
  for (const auto& row : native.rows->rows) {
    const auto network = network_of(row.key);
    if (!network) continue;
    const auto found = table.literals.find(to_lower(row.key));
    if (found == table.literals.end()) continue;
    auto& group = groups[{network->parts, found->second.result}];
    group.addresses.add(network->network);
    if (group.line == 0) group.line = row.line;
  }
  Pieces pieces;
  for (auto& [key, group] : groups) pieces.take(group.addresses.build(), key.second, group.line);
  return pieces.finish();
}

// The same for tables of many rows: one piece for each result, so that a million rows are few
// pieces. Which line a piece comes from is told of its first.
class ManyPieces {
 public:
  void take(const IpSet& addresses, std::uint32_t result, std::uint32_t line) {
    auto [place, is_new] = places_.try_emplace(result, groups_.size());
    if (is_new) groups_.push_back({{}, result, line});
    auto& group = groups_[place->second];
    for (const auto& [first, last] : addresses.v4()) take(taken_v4_, first, last, group);
    for (const auto& [first, last] : addresses.v6()) take(taken_v6_, first, last, group);
  }
  std::vector<AddressRows::Piece> finish() {
    std::vector<AddressRows::Piece> pieces;
    for (auto& group : groups_) {
      auto addresses = group.addresses.build();
      if (!addresses.empty()) pieces.push_back({std::move(addresses), group.result, group.line});
    }
    return pieces;
  }

 private:
  struct Group {
    mail::IpSetBuilder addresses;
    std::uint32_t result = 0;
    std::uint32_t line = 0;
  };
  template <class Number>
  using Taken = std::map<Number, Number>;  ///< intervals by their first numbers

  // What is free of the interval goes to the group; the rest of it was taken before.
  template <class Number>
  static void take(Taken<Number>& taken, Number first, Number last, Group& group) {
    auto next = taken.upper_bound(first);
    if (next != taken.begin() && std::prev(next)->second >= first) next = std::prev(next);
    Interval<Number> all{first, last};
    Number from = first;
    bool covered = false;
    while (next != taken.end() && next->first <= last) {
      if (from < next->first) add(group, from, static_cast<Number>(next->first - 1));
      all = {std::min(all.first, next->first), std::max(all.last, next->second)};
      covered = next->second >= last;
      if (!covered) from = next->second + 1;
      next = taken.erase(next);
    }
    if (!covered) add(group, from, last);
    join(taken, all);
  }

  template <class Number>
  static void add(Group& group, Number first, Number last) {
    group.addresses.add_range(mail::address_of(first), mail::address_of(last));
  }

  // Adds an interval that meets none; one before it that it touches grows.
  template <class Number>
  static void join(Taken<Number>& taken, const Interval<Number>& added) {
    const auto next = taken.upper_bound(added.first);
    if (next != taken.begin() && std::prev(next)->second + 1 == added.first) {
      std::prev(next)->second = added.last;
    } else {
      taken.emplace_hint(next, added.first, added.last);
    }
  }

  std::map<std::uint32_t, std::size_t> places_;
  std::vector<Group> groups_;
  Taken<std::uint32_t> taken_v4_;
  Taken<mail::Uint128> taken_v6_;
};

// Tables with more rows are not told apart by rows.
constexpr std::size_t rows_told_apart = 1000;

template <class Pieces>
class CidrPieces {
 public:
  CidrPieces(const Table& native, const ResultOf& result_of)
      : native_(native), result_of_(result_of) {}

  std::vector<AddressRows::Piece> make() {
    const auto& rows = native_.cidr->rows;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      while (!blocks_.empty() && blocks_.back().end <= i) blocks_.pop_back();
      if (rows[i].op == CidrRow::Op::block)
        blocks_.push_back({rows[i].end, inside(matched(rows[i]))});
      if (rows[i].op == CidrRow::Op::match) add(rows[i]);
    }
    return pieces_.finish();
  }

 private:
  struct Block {
    std::uint32_t end;
    IpSet addresses;
  };

  static IpSet matched(const CidrRow& row) {
    const auto network = IpSet::of(row.network);
    if (!row.negated) return network;
    return (row.network.address.is_v6() ? IpSet::all_v6() : IpSet::all_v4()) - network;
  }

  IpSet inside(const IpSet& addresses) const {
    return blocks_.empty() ? addresses : addresses & blocks_.back().addresses;
  }

  void add(const CidrRow& row) { pieces_.take(inside(matched(row)), result(row), row.line); }

  std::uint32_t result(const CidrRow& row) {
    if (native_.cidr->rows.size() <= rows_told_apart) return asked(row);
    const auto known = results_.find(row.result);
    if (known != results_.end()) return known->second;
    return results_.emplace(row.result, asked(row)).first->second;
  }

  std::uint32_t asked(const CidrRow& row) const {
    return result_of_({row.result, native_.name.text, SourceRange{native_.file, row.line, 1},
                       nullptr, std::nullopt});
  }

  const Table& native_;
  const ResultOf& result_of_;
  std::vector<Block> blocks_;
  std::unordered_map<std::string_view, std::uint32_t> results_;
  Pieces pieces_;
};

// What the patterns of a row come to for the addresses of one family.
template <class WithText>
std::optional<IpSet> found_by(const policy::PatternRow& row, const IpSet& family,
                              const WithText& with_text) {
  auto found = with_text(row.pattern);
  if (found && row.negated) found = family - *found;
  for (const auto& only : row.only_if) {
    const auto inside = with_text(only);
    if (!inside) return std::nullopt;
    if (found) found = *found & *inside;
  }
  for (const auto& unless : row.unless) {
    const auto outside = with_text(unless);
    if (!outside) return std::nullopt;
    if (found) found = *found - *outside;
  }
  return found;
}

void add_patterns(const policy::Table& table, AddressRows& rows) {
  Pieces pieces;
  for (const auto& row : table.patterns) {
    const auto add = [&](const IpSet& family, const auto& with_text) {
      const auto found = found_by(row, family, with_text);
      if (found) {
        pieces.take(*found, row.row.result, row.row.line);
      } else {
        pieces.hide(family);
      }
    };
    add(IpSet::all_v4(), v4_with_text);
    add(IpSet::all_v6(), v6_with_text);
  }
  rows.hidden = pieces.hidden();
  rows.pieces = pieces.finish();
  rows.why = "which addresses its patterns find is not worked out";
}

}  // namespace

AddressRows lower_address_rows(PolicyBuilder& builder, TableShelf& shelf, const TableName& name,
                               const ResultOf& result_of) {
  AddressRows found;
  const auto table = shelf.open(name);
  found.why = table->why;
  found.fails = table->standing == Standing::missing || table->standing == Standing::failing;
  if (found.fails) return found;
  if (table->cidr) {
    found.pieces = table->cidr->rows.size() > rows_told_apart
                       ? CidrPieces<ManyPieces>(*table, result_of).make()
                       : CidrPieces<Pieces>(*table, result_of).make();
  } else if (table->rows) {
    const auto index = lower_rows(builder, table, result_of, Literals::by_text);
    found.pieces = literal_pieces(*table, builder.policy().tables.at(index));
  } else if (has_rows(*table) && !table->patterns) {
    const auto index = lower_rows(builder, table, result_of, Literals::by_text);
    found.pieces = {{IpSet::all(), builder.policy().tables.at(index).everything->result, 0}};
  } else if (table->standing == Standing::read && table->patterns) {
    const auto index = lower_rows(builder, table, result_of, Literals::by_text);
    add_patterns(builder.policy().tables.at(index), found);
  } else {
    found.hidden = IpSet::all();
  }
  return found;
}

}  // namespace relayproof::postfix
