#include <gtest/gtest.h>

#include "mail/ip_set.h"

namespace relayproof::mail {
namespace {

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }
IpSet net(std::string_view text) { return IpSet::of(Network::parse(text).value()); }
IpSet range(std::string_view first, std::string_view last) {
  return IpSet::range(ip(first), ip(last));
}

/// Both sides of each edge are what `holds` says of one address.
void expect_edges(const IpSet& set, bool (IpAddress::*holds)() const) {
  EXPECT_FALSE(set.empty());
  for (const auto& [inside, outside] : set.edges()) {
    EXPECT_TRUE((inside.*holds)()) << inside.to_string();
    EXPECT_FALSE(outside && ((*outside).*holds)()) << inside.to_string();
  }
}

TEST(NamedSets, AreWhatAnAddressSaysOfItself) {
  expect_edges(loopback(), &IpAddress::is_loopback);
  expect_edges(private_use(), &IpAddress::is_private);
  EXPECT_EQ(loopback().to_string(), "127.0.0.0/8 ::1");
  EXPECT_EQ(private_use().to_string(),
            "10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 fc00::/7 "
            "fe80::/10");
}

TEST(NamedSets, OfPlacesNobodyElseCanBeAreNotRoutable) {
  EXPECT_TRUE((globally_routable() & loopback()).empty());
  EXPECT_TRUE((globally_routable() & private_use()).empty());
  EXPECT_TRUE(documentation().is_subset_of(globally_routable()));
}

TEST(GloballyRoutable, FollowsTheRegistriesOfSpecialPurposeAddresses) {
  for (const char* text :
       {"1.0.0.0",         "9.255.255.255",    "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",      "172.32.0.0",
        "192.0.0.9",       "192.0.0.10",       "192.0.1.0",
        "192.0.2.1",       "198.17.255.255",   "198.20.0.0",
        "223.255.255.255", "2000::",           "2001::1",
        "2001:1::1",       "2001:4:112::1",    "2001:20::1",
        "2001:200::",      "2001:db8::1",      "2002:a00:1::",
        "3fff::1",         "64:ff9b::808:808", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    EXPECT_TRUE(globally_routable().contains(ip(text))) << text;
  }
  for (const char* text : {"0.0.0.0",         "0.255.255.255",   "10.0.0.0",    "100.64.0.0",
                           "100.127.255.255", "127.0.0.1",       "169.254.0.1", "172.16.0.0",
                           "172.31.255.255",  "192.0.0.0",       "192.0.0.8",   "192.0.0.11",
                           "192.0.0.255",     "192.168.0.0",     "198.18.0.0",  "198.19.255.255",
                           "224.0.0.0",       "255.255.255.255", "::",          "::1",
                           "::ffff:8.8.8.8",  "64:ff9b:1::",     "100::",       "1fff::",
                           "2001:1::",        "2001:1::4",       "2001:2::",    "2001:4:111::",
                           "2001:10::",       "2001:40::",       "2001:1ff::",  "4000::",
                           "5f00::",          "fc00::",          "fe80::",      "ff02::1"}) {
    EXPECT_FALSE(globally_routable().contains(ip(text))) << text;
  }
}

TEST(Example, PrefersDocumentationThenRoutableThenAnyHost) {
  const std::pair<IpSet, std::string_view> cases[] = {
      {IpSet::all(), "203.0.113.9"},
      {IpSet::all() - net("203.0.113.9/32"), "203.0.113.1"},
      {IpSet::all() - net("203.0.113.0/24"), "198.51.100.1"},
      {net("192.0.0.0/16"), "192.0.2.1"},
      {IpSet::all_v6(), "2001:db8::1"},
      {IpSet::all_v4() - documentation(), "1.0.0.1"},
      {IpSet::all_v6() - documentation(), "64:ff9b::1"},
      {net("192.0.2.0/32") | net("192.0.2.255/32"), "192.0.2.0"},
      {range("192.0.2.255", "192.0.3.1"), "192.0.2.255"},
      {range("8.8.8.255", "8.8.9.1"), "8.8.9.1"},
      {range("8.8.8.255", "8.8.9.0"), "8.8.8.255"},
      {range("9.255.255.0", "10.0.0.9"), "9.255.255.1"},
      {net("10.0.0.0/8") | net("2a00::/16"), "2a00::1"},
      {net("2a00::/128"), "2a00::"},
      {net("10.0.0.0/8"), "10.0.0.1"},
      {net("255.255.255.255/32"), "255.255.255.255"},
      {net("0.0.0.0/32"), "0.0.0.0"},
      {net("fe80::/10"), "fe80::1"},
  };
  for (const auto& [set, text] : cases) {
    const auto example = set.example();
    ASSERT_TRUE(example) << set.to_string();
    EXPECT_EQ(example->to_string(), text) << set.to_string();
    EXPECT_TRUE(set.contains(*example)) << set.to_string();
  }
  EXPECT_FALSE(IpSet::none().example());
}

}  // namespace
}  // namespace relayproof::mail
