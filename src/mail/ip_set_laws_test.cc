// The laws of sets, against sets of bits: all of a /24 and of an IPv6 /120 where a family begins,
// where it ends, or in between.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bitset>

#include "mail/ip_set.h"

namespace relayproof::mail {
namespace {

constexpr std::size_t half = 256;  ///< addresses of one family
using Bits = std::bitset<2 * half>;

/// The small world in which sets of addresses are sets of bits: IPv4 first.
struct World {
  std::uint32_t base4;
  Uint128 base6;

  IpAddress address(std::size_t index) const {
    return index < half ? address_of(base4 + static_cast<std::uint32_t>(index))
                        : address_of(base6 + (index - half));
  }
  IpSet everything() const {
    return IpSet::range(address(0), address(half - 1)) |
           IpSet::range(address(half), address(2 * half - 1));
  }
};

/// A world, a set in it both ways.
struct Twin {
  Bits bits;
  IpSet set;
};

World any_world() {
  return {*rc::gen::element<std::uint32_t>(0, 0xCB007100U, 0xFFFFFF00U),
          *rc::gen::element<Uint128>(0, Uint128{0x20010DB8} << 96U, Uint128{0xFFFF} << 32U,
                                     ~Uint128{0xFF})};
}

/// From ranges that overlap, touch, are single or go nowhere.
Twin any_twin(const World& world) {
  Twin twin;
  IpSetBuilder builder;
  const auto index = rc::gen::inRange<std::size_t>(0, 2 * half);
  const auto length = rc::gen::weightedOneOf<std::size_t>(
      {{3, rc::gen::inRange<std::size_t>(0, 4)}, {1, rc::gen::inRange<std::size_t>(0, half)}});
  for (const auto& [first, more] :
       *rc::gen::container<std::vector<std::pair<std::size_t, std::size_t>>>(
           rc::gen::pair(index, length))) {
    const std::size_t last = std::min(first + more, first < half ? half - 1 : 2 * half - 1);
    for (std::size_t i = first; i <= last; ++i) twin.bits.set(i);
    builder.add_range(world.address(first), world.address(last));
  }
  twin.set = builder.build();
  return twin;
}

bool same(const World& world, const IpSet& set, const Bits& bits) {
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (set.contains(world.address(i)) != bits.test(i)) return false;
  }
  return set.is_subset_of(world.everything());
}

/// Sorted, with a gap between each two.
template <class Number>
bool is_normal(const Intervals<Number>& intervals) {
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (intervals[i].first > intervals[i].last) return false;
    if (i > 0 && intervals[i].first <= intervals[i - 1].last) return false;
    if (i > 0 && intervals[i].first - intervals[i - 1].last < 2) return false;
  }
  return true;
}

bool is_normal(const IpSet& set) { return is_normal(set.v4()) && is_normal(set.v6()); }

TEST(IpSetLaws, EveryOperationAgreesWithBits) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const Twin a = any_twin(world);
    const Twin b = any_twin(world);
    RC_ASSERT(same(world, a.set, a.bits));
    RC_ASSERT(same(world, a.set | b.set, a.bits | b.bits));
    RC_ASSERT(same(world, a.set & b.set, a.bits & b.bits));
    RC_ASSERT(same(world, a.set - b.set, a.bits & ~b.bits));
    RC_ASSERT(same(world, world.everything() & ~a.set, ~a.bits));
    RC_ASSERT((a.set == b.set) == (a.bits == b.bits));
    RC_ASSERT(a.set.is_subset_of(b.set) == (a.bits & ~b.bits).none());
    RC_ASSERT(a.set.empty() == a.bits.none());
    RC_ASSERT(a.set.size_v4() == (a.bits << half).count());
    RC_ASSERT(a.set.size_v6() == (a.bits >> half).count());
    RC_ASSERT(a.set.size_v6_text() == std::to_string((a.bits >> half).count()));
  }));
}

TEST(IpSetLaws, EveryResultIsInItsOneForm) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const IpSet a = any_twin(world).set;
    const IpSet b = any_twin(world).set;
    for (const IpSet& set : {a, a | b, a & b, a - b, ~a, a.with_mapped_as_v4()}) {
      RC_ASSERT(is_normal(set));
    }
  }));
}

TEST(IpSetLaws, AreThoseOfAlgebra) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const IpSet a = any_twin(world).set;
    const IpSet b = any_twin(world).set;
    const IpSet c = any_twin(world).set;
    RC_ASSERT(~(a | b) == (~a & ~b));
    RC_ASSERT(~(a & b) == (~a | ~b));
    RC_ASSERT(~~a == a);
    RC_ASSERT((a | ~a) == IpSet::all());
    RC_ASSERT((a & ~a).empty());
    RC_ASSERT((a | b) == (b | a));
    RC_ASSERT((a & (b | c)) == ((a & b) | (a & c)));
    RC_ASSERT((a | (b & c)) == ((a | b) & (a | c)));
    RC_ASSERT((a - b) == (a & ~b));
    RC_ASSERT(((a - b) | (a & b)) == a);
    RC_ASSERT((a & b).is_subset_of(a));
    RC_ASSERT(a.is_subset_of(a | b));
  }));
}

/// True if the network is the half of a larger one whose other half is in the set, too.
bool could_be_larger(const IpSet& set, const Network& network) {
  return network.prefix > 0 &&
         IpSet::of(Network{network.address, network.prefix - 1}).is_subset_of(set);
}

TEST(IpSetLaws, PrefixesCoverExactlyWithoutOverlapAndNoneCouldBeLarger) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const IpSet a = any_twin(world).set;
    const IpSet set = *rc::gen::arbitrary<bool>() ? a : ~a;
    IpSet covered;
    for (const Network& network : set.prefixes()) {
      const IpSet piece = IpSet::of(network);
      RC_ASSERT((covered & piece).empty());
      RC_ASSERT(!could_be_larger(set, network));
      covered = covered | piece;
    }
    RC_ASSERT(covered == set);
  }));
}

TEST(IpSetLaws, EdgesPartMembersFromOthers) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const IpSet a = any_twin(world).set;
    const IpSet set = *rc::gen::arbitrary<bool>() ? a : ~a;
    const auto edges = set.edges();
    RC_ASSERT(edges.size() == 2 * (set.v4().size() + set.v6().size()));
    for (const auto& [inside, outside] : edges) {
      RC_ASSERT(set.contains(inside));
      if (outside) RC_ASSERT(!set.contains(*outside));
      if (outside) RC_ASSERT(outside->family() == inside.family());
    }
  }));
}

TEST(IpSetLaws, AnExampleIsAMember) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const IpSet a = any_twin(world).set;
    const IpSet set = *rc::gen::arbitrary<bool>() ? a : ~a;
    const auto example = set.example();
    RC_ASSERT(example.has_value() == !set.empty());
    if (example) RC_ASSERT(set.contains(*example));
  }));
}

TEST(IpSetLaws, MappedAddressesAreTheirIpv4OnesAndAllOthersStay) {
  EXPECT_TRUE(rc::check([] {
    const World world = any_world();
    const IpSet set = any_twin(world).set;
    const IpSet moved = set.with_mapped_as_v4();
    for (std::size_t i = 0; i < 2 * half; ++i) {
      const IpAddress address = world.address(i);
      if (set.contains(address)) RC_ASSERT(moved.contains(address.unmapped()));
      if (address.unmapped() != address) RC_ASSERT(!moved.contains(address));
    }
    RC_ASSERT(moved.with_mapped_as_v4() == moved);
  }));
}

TEST(IpNumber, IsTheAddressAgain) {
  EXPECT_TRUE(rc::check([](std::uint32_t number, std::uint64_t high, std::uint64_t low) {
    const Uint128 wide = (Uint128{high} << 64U) | low;
    RC_ASSERT(number_v4(address_of(number)) == number);
    RC_ASSERT(number_v6(address_of(wide)) == wide);
    const unsigned prefix = *rc::gen::inRange(0U, 129U);
    const Network network{address_of(wide), prefix};
    const auto [first, last] = ends_of(network);
    RC_ASSERT(network.contains(first) && network.contains(last));
    RC_ASSERT(IpSet::of(network).edges().size() == 2U);
    for (const auto& edge : IpSet::of(network).edges()) {
      if (edge.outside) RC_ASSERT(!network.contains(*edge.outside));
    }
  }));
}

}  // namespace
}  // namespace relayproof::mail
