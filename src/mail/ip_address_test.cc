#include "mail/ip_address.h"

#include <gtest/gtest.h>

namespace relayproof::mail {
namespace {

IpAddress ip(std::string_view text) {
  const auto address = IpAddress::parse(text);
  EXPECT_TRUE(address) << text;
  return address.value_or(IpAddress{});
}

TEST(IpAddress, ReadsAndPrintsCanonicalText) {
  EXPECT_EQ(ip("192.0.2.25").to_string(), "192.0.2.25");
  EXPECT_EQ(ip("2001:DB8:0:0::25").to_string(), "2001:db8::25");
  EXPECT_EQ(ip("::ffff:192.0.2.1").to_string(), "::ffff:192.0.2.1");
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "01.2.3.4.5", "::1%lo", "[::1]", " 1.2.3.4",
                           "2001:db8::1::2", "example.com"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)));
}

TEST(IpAddress, SpellsLiteralsAsRfc5321) {
  EXPECT_EQ(ip("192.0.2.25").literal(), "[192.0.2.25]");
  EXPECT_EQ(ip("2001:db8::25").literal(), "[IPv6:2001:db8::25]");
}

TEST(IpAddress, SpellsReverseNames) {
  EXPECT_EQ(ip("192.0.2.25").reverse_name(), "25.2.0.192.in-addr.arpa");
  EXPECT_EQ(ip("2001:db8::25").reverse_name(),
            "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

TEST(IpAddress, KnowsPlaces) {
  EXPECT_TRUE(ip("127.8.8.8").is_loopback());
  EXPECT_TRUE(ip("::1").is_loopback());
  for (const char* text : {"10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.1.1", "169.254.1.1",
                           "fd00::1", "fe80::1"}) {
    EXPECT_TRUE(ip(text).is_private()) << text;
  }
  for (const char* text : {"203.0.113.9", "192.0.2.1", "2001:db8::1", "172.32.0.1", "8.8.8.8"}) {
    EXPECT_FALSE(ip(text).is_private()) << text;
  }
}

TEST(IpAddress, UnmapsOnlyMappedOnes) {
  EXPECT_EQ(ip("::ffff:192.0.2.1").unmapped(), ip("192.0.2.1"));
  EXPECT_EQ(ip("2001:db8::1").unmapped(), ip("2001:db8::1"));
}

TEST(Network, ContainsByPrefix) {
  const auto network = Network::parse("192.0.2.128/25");
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->contains(ip("192.0.2.129")));
  EXPECT_FALSE(network->contains(ip("192.0.2.1")));
  EXPECT_FALSE(network->contains(ip("2001:db8::1")));
  EXPECT_TRUE(Network::parse("0.0.0.0/0")->contains(ip("8.8.8.8")));
}

TEST(Network, RefusesBadPrefixes) {
  for (const char* text : {"1.2.3.4", "1.2.3.4/", "1.2.3.4/33", "::/129", "1.2.3.4/8x", "x/8"}) {
    EXPECT_FALSE(Network::parse(text)) << text;
  }
}

}  // namespace
}  // namespace relayproof::mail
