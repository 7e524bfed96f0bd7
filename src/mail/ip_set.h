// Exact sets of addresses: sorted intervals of each family that neither overlap nor touch, so that
// equal sets are equal values. IPv4 and IPv6 never mix.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mail/interval.h"
#include "mail/ip_address.h"
#include "mail/ip_number.h"

namespace relayproof::mail {

using Interval4 = Interval<std::uint32_t>;
using Interval6 = Interval<Uint128>;

/// One end of an interval of a set: a member, and its neighbour beyond, which is none.
struct Edge {
  IpAddress inside;
  std::optional<IpAddress> outside;  ///< nullopt where the family ends
};

/// A value: moving is cheap, copying costs its intervals; every operation is linear in the
/// intervals of both sides unless it says otherwise.
class IpSet {
 public:
  IpSet() = default;  ///< no address

  static IpSet none() { return {}; }
  static IpSet all();
  static IpSet all_v4();
  static IpSet all_v6();
  static IpSet of(const IpAddress& address);
  /// Host bits are masked; a prefix that is too long counts as a single address.
  static IpSet of(const Network& network);
  /// From `first` to `last`, both included; none if `last` is smaller or of the other family.
  static IpSet range(const IpAddress& first, const IpAddress& last);

  IpSet operator|(const IpSet& other) const;
  IpSet operator&(const IpSet& other) const;
  IpSet operator-(const IpSet& other) const;
  IpSet operator~() const;  ///< all() without these
  bool operator==(const IpSet&) const = default;

  bool empty() const { return v4_.empty() && v6_.empty(); }
  /// In O(log n).
  bool contains(const IpAddress& address) const;
  bool is_subset_of(const IpSet& other) const;

  /// How many IPv4 addresses; at most 2^32.
  std::uint64_t size_v4() const;
  /// How many IPv6 addresses; 2^128 - 1 stands for all 2^128 of them, too.
  Uint128 size_v6() const;
  /// The exact number of IPv6 addresses, in decimal digits.
  std::string size_v6_text() const;

  const std::vector<Interval4>& v4() const { return v4_; }
  const std::vector<Interval6>& v6() const { return v6_; }

  /// The fewest networks that hold these addresses and no others; IPv4 first, ascending.
  std::vector<Network> prefixes() const;
  /// prefixes() with blanks between, single addresses without `/32` or `/128`; `none` if empty.
  std::string to_string() const;

  /// A member that reads well in a report: of a documentation network if there is one
  /// (203.0.113.0/24 first; RFC 5737, RFC 3849), else a globally routable one, else any; a host
  /// rather than the first or last address of a network. nullopt if empty.
  std::optional<IpAddress> example() const;
  /// Both ends of each interval; IPv4 first, ascending.
  std::vector<Edge> edges() const;

  /// With ::ffff:a.b.c.d as a.b.c.d (RFC 4291 section 2.5.5.2), for servers that take a mapped
  /// client for an IPv4 one.
  IpSet with_mapped_as_v4() const;

 private:
  friend class IpSetBuilder;
  std::vector<Interval4> v4_;
  std::vector<Interval6> v6_;
};

/// The union of many pieces in any order, in O(n log n) all told.
class IpSetBuilder {
 public:
  void add(const IpAddress& address);
  void add(const Network& network);  ///< as IpSet::of()
  void add(const IpSet& set);
  void add_range(const IpAddress& first, const IpAddress& last);  ///< as IpSet::range()

  /// What was added; the builder is empty afterwards.
  IpSet build();

 private:
  std::vector<Interval4> v4_;
  std::vector<Interval6> v6_;
};

/// 127.0.0.0/8 and ::1.
IpSet loopback();
/// Those for which IpAddress::is_private() holds.
IpSet private_use();
/// Networks set aside for examples (RFC 5737, RFC 3849, RFC 9637).
IpSet documentation();
/// Addresses from which a stranger can connect: everything but what the IANA registries of
/// special-purpose addresses (RFC 6890) call not globally reachable, multicast, and IPv6 that is
/// not global unicast (RFC 4291 section 2.4). documentation() counts as routable, so that examples
/// and tests mean what they say; so does what the registries leave open (Teredo, 6to4).
IpSet globally_routable();

}  // namespace relayproof::mail
