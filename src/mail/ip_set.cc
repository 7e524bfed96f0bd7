#include "mail/ip_set.h"

#include <algorithm>
#include <utility>

#include "mail/ip_number.h"

namespace relayproof::mail {
namespace {

/// `value` + 1 in decimal digits, for any value.
std::string text_of_successor(Uint128 value) {
  std::string digits;
  for (; value != 0; value /= 10) digits += static_cast<char>('0' + static_cast<int>(value % 10));
  const std::size_t below_nine = std::min(digits.find_first_not_of('9'), digits.size());
  std::fill_n(digits.begin(), below_nine, '0');
  if (below_nine == digits.size()) {
    digits += '1';
  } else {
    ++digits[below_nine];
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

/// The fewest networks for one interval: each the largest that starts where the last one ended.
template <class Number>
void append_prefixes(std::vector<Network>& to, Interval<Number> rest) {
  constexpr unsigned width = sizeof(Number) * 8;
  while (true) {
    unsigned host_bits = trailing_zeros(rest.first);
    while (low_bits<Number>(host_bits) > rest.last - rest.first) --host_bits;
    to.push_back({address_of(rest.first), width - host_bits});
    const Number end = rest.first | low_bits<Number>(host_bits);
    if (end == rest.last) return;
    rest.first = end + 1;
  }
}

template <class Number>
void append_edges(std::vector<Edge>& to, const Interval<Number>& interval) {
  Edge low{address_of(interval.first), {}};
  Edge high{address_of(interval.last), {}};
  if (interval.first != 0) low.outside = address_of(static_cast<Number>(interval.first - 1));
  if (interval.last != intervals::highest<Number>) {
    high.outside = address_of(static_cast<Number>(interval.last + 1));
  }
  to.push_back(low);
  to.push_back(high);
}

}  // namespace

IpSet IpSet::all() { return all_v4() | all_v6(); }

IpSet IpSet::all_v4() {
  IpSet set;
  set.v4_ = intervals::everything<std::uint32_t>();
  return set;
}

IpSet IpSet::all_v6() {
  IpSet set;
  set.v6_ = intervals::everything<Uint128>();
  return set;
}

IpSet IpSet::of(const IpAddress& address) { return range(address, address); }

IpSet IpSet::of(const Network& network) {
  IpSetBuilder builder;
  builder.add(network);
  return builder.build();
}

IpSet IpSet::range(const IpAddress& first, const IpAddress& last) {
  IpSetBuilder builder;
  builder.add_range(first, last);
  return builder.build();
}

IpSet IpSet::operator|(const IpSet& other) const {
  IpSet result;
  result.v4_ = intervals::unite(v4_, other.v4_);
  result.v6_ = intervals::unite(v6_, other.v6_);
  return result;
}

IpSet IpSet::operator&(const IpSet& other) const {
  IpSet result;
  result.v4_ = intervals::intersect(v4_, other.v4_);
  result.v6_ = intervals::intersect(v6_, other.v6_);
  return result;
}

IpSet IpSet::operator-(const IpSet& other) const { return *this & ~other; }

IpSet IpSet::operator~() const {
  IpSet result;
  result.v4_ = intervals::complement(v4_);
  result.v6_ = intervals::complement(v6_);
  return result;
}

bool IpSet::contains(const IpAddress& address) const {
  return address.is_v6() ? intervals::find(v6_, number_v6(address)) != nullptr
                         : intervals::find(v4_, number_v4(address)) != nullptr;
}

bool IpSet::is_subset_of(const IpSet& other) const {
  return intervals::is_subset(v4_, other.v4_) && intervals::is_subset(v6_, other.v6_);
}

std::uint64_t IpSet::size_v4() const {
  return v4_.empty() ? 0 : std::uint64_t{intervals::size_less_one(v4_)} + 1;
}

Uint128 IpSet::size_v6() const {
  if (v6_.empty()) return 0;
  const Uint128 less_one = intervals::size_less_one(v6_);
  return less_one == intervals::highest<Uint128> ? less_one : less_one + 1;
}

std::string IpSet::size_v6_text() const {
  return v6_.empty() ? "0" : text_of_successor(intervals::size_less_one(v6_));
}

std::vector<Network> IpSet::prefixes() const {
  std::vector<Network> networks;
  for (const auto& interval : v4_) append_prefixes(networks, interval);
  for (const auto& interval : v6_) append_prefixes(networks, interval);
  return networks;
}

std::string IpSet::to_string() const {
  if (empty()) return "none";
  std::string text;
  for (const Network& network : prefixes()) {
    if (!text.empty()) text += ' ';
    text += network.address.to_string();
    const unsigned width = network.address.is_v6() ? 128 : 32;
    if (network.prefix < width) text += "/" + std::to_string(network.prefix);
  }
  return text;
}

std::vector<Edge> IpSet::edges() const {
  std::vector<Edge> edges;
  for (const auto& interval : v4_) append_edges(edges, interval);
  for (const auto& interval : v6_) append_edges(edges, interval);
  return edges;
}

IpSet IpSet::with_mapped_as_v4() const {
  constexpr Uint128 prefix = Uint128{0xFFFF} << 32U;  // ::ffff:0:0/96
  IpSet mapped;
  mapped.v6_ = intervals::intersect(
      v6_, Intervals<Uint128>{{prefix, prefix | intervals::highest<std::uint32_t>}});
  IpSet result = *this - mapped;
  if (mapped.empty()) return result;
  IpSet moved;
  for (const auto& [first, last] : mapped.v6_) {
    moved.v4_.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)});
  }
  return result | moved;
}

void IpSetBuilder::add(const IpAddress& address) { add_range(address, address); }

void IpSetBuilder::add(const Network& network) {
  const auto [first, last] = ends_of(network);
  add_range(first, last);
}

void IpSetBuilder::add(const IpSet& set) {
  v4_.insert(v4_.end(), set.v4_.begin(), set.v4_.end());
  v6_.insert(v6_.end(), set.v6_.begin(), set.v6_.end());
}

void IpSetBuilder::add_range(const IpAddress& first, const IpAddress& last) {
  if (first.family() != last.family() || last < first) return;
  if (first.is_v6()) {
    v6_.push_back({number_v6(first), number_v6(last)});
  } else {
    v4_.push_back({number_v4(first), number_v4(last)});
  }
}

IpSet IpSetBuilder::build() {
  IpSet set;
  set.v4_ = intervals::normalised(std::exchange(v4_, {}));
  set.v6_ = intervals::normalised(std::exchange(v6_, {}));
  return set;
}

}  // namespace relayproof::mail
