#include "mail/ip_set.h"

#include <gtest/gtest.h>

namespace relayproof::mail {

/// Found by GoogleTest when an expectation fails.
void PrintTo(const IpSet& set, std::ostream* out) { *out << set.to_string(); }
void PrintTo(const IpAddress& address, std::ostream* out) { *out << address.to_string(); }

namespace {

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }
IpSet net(std::string_view text) { return IpSet::of(Network::parse(text).value()); }
IpSet range(std::string_view first, std::string_view last) {
  return IpSet::range(ip(first), ip(last));
}

TEST(IpSet, IsOneIntervalForANetworkWithItsHostBitsMasked) {
  EXPECT_EQ(net("192.0.2.77/24"), range("192.0.2.0", "192.0.2.255"));
  EXPECT_EQ(net("2001:db8::77/32"), range("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
  EXPECT_EQ(net("192.0.2.77/32"), IpSet::of(ip("192.0.2.77")));
  EXPECT_EQ(net("::1/128"), IpSet::of(ip("::1")));
  EXPECT_EQ(net("1.2.3.4/0"), IpSet::all_v4());
  EXPECT_EQ(net("1::/0"), IpSet::all_v6());
  EXPECT_EQ(IpSet::of(Network{ip("192.0.2.77"), 33}), IpSet::of(ip("192.0.2.77")));
}

TEST(IpSet, IsEmptyForARangeThatIsNone) {
  EXPECT_TRUE(range("192.0.2.2", "192.0.2.1").empty());
  EXPECT_TRUE(range("192.0.2.2", "::ffff").empty());
  EXPECT_TRUE(range("::", "192.0.2.1").empty());
  EXPECT_EQ(range("::", "192.0.2.1"), IpSet::none());
}

TEST(IpSet, JoinsWhatTouches) {
  EXPECT_EQ(net("192.0.2.0/25") | net("192.0.2.128/25"), net("192.0.2.0/24"));
  EXPECT_EQ(net("0.0.0.0/1") | net("128.0.0.0/1"), IpSet::all_v4());
  EXPECT_EQ(net("::/1") | net("8000::/1"), IpSet::all_v6());
  EXPECT_EQ((net("192.0.2.0/25") | net("192.0.2.129/32")).v4().size(), 2U);
}

TEST(IpSet, NeverJoinsAcrossFamilies) {
  const IpSet ends = IpSet::of(ip("255.255.255.255")) | IpSet::of(ip("::"));
  EXPECT_EQ(ends.v4().size(), 1U);
  EXPECT_EQ(ends.v6().size(), 1U);
  EXPECT_FALSE(IpSet::all_v4().contains(ip("::1")));
  EXPECT_FALSE(IpSet::all_v4().contains(ip("::ffff:192.0.2.1")));
  EXPECT_FALSE(IpSet::all_v6().contains(ip("192.0.2.1")));
  EXPECT_EQ(~IpSet::all_v4(), IpSet::all_v6());
}

TEST(IpSet, HoldsEverythingOrNothing) {
  EXPECT_EQ(~IpSet::all(), IpSet::none());
  EXPECT_EQ(~IpSet::none(), IpSet::all());
  EXPECT_TRUE(IpSet::none().empty());
  for (const char* text : {"0.0.0.0", "255.255.255.255",
                           "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::ffff:192.0.2.1"}) {
    EXPECT_TRUE(IpSet::all().contains(ip(text))) << text;
    EXPECT_FALSE(IpSet::none().contains(ip(text))) << text;
    EXPECT_FALSE((~IpSet::of(ip(text))).contains(ip(text))) << text;
    EXPECT_EQ(~~IpSet::of(ip(text)), IpSet::of(ip(text))) << text;
  }
}

TEST(IpSet, CountsExactly) {
  EXPECT_EQ(IpSet::none().size_v4(), 0U);
  EXPECT_EQ(IpSet::all_v4().size_v4(), std::uint64_t{1} << 32U);
  EXPECT_EQ((IpSet::all_v4() - net("10.0.0.0/8")).size_v4(), 4278190080U);
  EXPECT_TRUE(IpSet::none().size_v6() == 0);
  EXPECT_TRUE(net("2001:db8::/48").size_v6() == Uint128{1} << 80U);
  EXPECT_TRUE(IpSet::all_v6().size_v6() == ~Uint128{0});
  EXPECT_TRUE((IpSet::all_v6() - IpSet::of(ip("::1"))).size_v6() == ~Uint128{0});
}

TEST(IpSet, PrintsTheNumberOfItsIpv6Addresses) {
  EXPECT_EQ(IpSet::all_v4().size_v6_text(), "0");
  EXPECT_EQ(IpSet::of(ip("::1")).size_v6_text(), "1");
  EXPECT_EQ(range("::", "::8").size_v6_text(), "9");
  EXPECT_EQ(range("::", "::9").size_v6_text(), "10");
  EXPECT_EQ((range("::", "::9") | range("::b", "::64")).size_v6_text(), "100");
  EXPECT_EQ(net("::/64").size_v6_text(), "18446744073709551616");
  EXPECT_EQ((~IpSet::of(ip("::1"))).size_v6_text(), "340282366920938463463374607431768211455");
  EXPECT_EQ(IpSet::all_v6().size_v6_text(), "340282366920938463463374607431768211456");
}

TEST(IpSet, PrintsTheFewestNetworks) {
  const std::pair<IpSet, std::string_view> cases[] = {
      {IpSet::none(), "none"},
      {IpSet::all(), "0.0.0.0/0 ::/0"},
      {IpSet::of(ip("255.255.255.255")), "255.255.255.255"},
      {IpSet::of(ip("::")) | IpSet::of(ip("0.0.0.0")), "0.0.0.0 ::"},
      {range("192.0.2.1", "192.0.2.6"), "192.0.2.1 192.0.2.2/31 192.0.2.4/31 192.0.2.6"},
      {range("255.255.255.254", "255.255.255.255"), "255.255.255.254/31"},
      {IpSet::all_v4() - net("128.0.0.0/2"), "0.0.0.0/1 192.0.0.0/2"},
      {net("2001:db8::/33") | net("2001:db8:8000::/33"), "2001:db8::/32"},
      {net("8000::/1"), "8000::/1"},
  };
  for (const auto& [set, text] : cases) EXPECT_EQ(set.to_string(), text);
  EXPECT_EQ((IpSet::all_v6() - IpSet::of(ip("::"))).prefixes().size(), 128U);
  EXPECT_EQ((IpSet::all_v4() - IpSet::of(ip("255.255.255.255"))).prefixes().size(), 32U);
  EXPECT_EQ(range("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe").prefixes().size(), 254U);
}

TEST(IpSet, KnowsItsEdges) {
  const auto edges = (net("0.0.0.0/8") | net("192.0.2.0/24") | net("ff00::/8")).edges();
  ASSERT_EQ(edges.size(), 6U);
  EXPECT_EQ(edges[0].inside, ip("0.0.0.0"));
  EXPECT_FALSE(edges[0].outside);
  EXPECT_EQ(edges[1].inside, ip("0.255.255.255"));
  EXPECT_EQ(edges[1].outside, ip("1.0.0.0"));
  EXPECT_EQ(edges[2].inside, ip("192.0.2.0"));
  EXPECT_EQ(edges[2].outside, ip("192.0.1.255"));
  EXPECT_EQ(edges[3].outside, ip("192.0.3.0"));
  EXPECT_EQ(edges[4].outside, ip("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
  EXPECT_EQ(edges[5].inside, ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
  EXPECT_FALSE(edges[5].outside);
}

TEST(IpSet, MovesMappedAddressesToIpv4) {
  EXPECT_EQ(net("::ffff:192.0.2.0/120").with_mapped_as_v4(), net("192.0.2.0/24"));
  EXPECT_EQ(net("::ffff:0:0/96").with_mapped_as_v4(), IpSet::all_v4());
  EXPECT_EQ(IpSet::all_v6().with_mapped_as_v4(), IpSet::all() - net("::ffff:0:0/96"));
  EXPECT_EQ((net("::ffff:192.0.2.128/121") | net("192.0.2.0/25")).with_mapped_as_v4(),
            net("192.0.2.0/24"));
  for (const IpSet& set : {IpSet::none(), IpSet::all_v4(), net("2001:db8::/32"), net("::/96")}) {
    EXPECT_EQ(set.with_mapped_as_v4(), set);
  }
}

TEST(IpSetBuilder, TakesPiecesInAnyOrderAndStartsAnew) {
  IpSetBuilder builder;
  builder.add(ip("192.0.2.255"));
  builder.add(Network::parse("192.0.2.99/25").value());
  builder.add_range(ip("192.0.2.100"), ip("192.0.2.254"));
  builder.add_range(ip("192.0.2.9"), ip("192.0.2.8"));
  builder.add(net("2001:db8::/33") | net("192.0.2.7/32"));
  builder.add(Network::parse("2001:db8:8000::/33").value());
  EXPECT_EQ(builder.build(), net("192.0.2.0/24") | net("2001:db8::/32"));
  EXPECT_TRUE(builder.build().empty());
}

}  // namespace
}  // namespace relayproof::mail
