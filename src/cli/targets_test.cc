#include "cli/targets.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

Scope scope() {
  return {.who = "x",
          .contact = "a@b.example",
          .networks = mail::IpSet::of(mail::Network::parse("192.0.2.0/24").value()),
          .from = {},
          .until = {}};
}

TEST(Targets, AreOneALine) {
  const auto targets =
      parse_targets("mail.example.com\n\n# mine\n [2001:db8::25]:587 # v6\r\n", "t", nullptr);
  ASSERT_TRUE(targets);
  ASSERT_EQ(targets->size(), 2U);
  EXPECT_EQ(targets->at(0).host, "mail.example.com");
  EXPECT_EQ(targets->at(1), (probe::TargetSpec{"2001:db8::25", 587}));
}

TEST(Targets, AWrongLineIsNamed) {
  const auto targets = parse_targets("mail.example.com\n  a b\n", "list", nullptr);
  ASSERT_FALSE(targets);
  EXPECT_EQ(to_string(targets.error()).substr(0, 9), "list:2:3:");
}

TEST(Targets, ANetworkNeedsAScopeFile) {
  const auto targets = parse_targets("192.0.2.0/24", "list", nullptr);
  ASSERT_FALSE(targets);
  EXPECT_NE(targets.error().message.find("scope"), std::string::npos);
}

TEST(Targets, InAScopeAreItsNetworksAndAddressesAndAnyName) {
  const Scope mine = scope();
  const auto targets = parse_targets("192.0.2.0/25\n192.0.2.200\nmail.example.com\n", "l", &mine);
  ASSERT_TRUE(targets) << to_string(targets.error());
  EXPECT_EQ(targets->size(), 130U);
  for (const char* outside : {"192.0.2.0/23", "192.0.3.1", "198.51.100.0/24", "0.0.0.0/0",
                              "[192.0.3.1]:25", "2001:db8::/64", "2001:db8::1"}) {
    const auto refused = parse_targets(outside, "l", &mine);
    ASSERT_FALSE(refused) << outside;
  }
}

}  // namespace
}  // namespace relayproof::cli
