#include "cli/targets.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

TEST(Targets, AreOneALine) {
  const auto targets =
      parse_targets("mail.example.com\n\n# mine\n [2001:db8::25]:587 # v6\r\n", "t");
  ASSERT_TRUE(targets);
  ASSERT_EQ(targets->size(), 2U);
  EXPECT_EQ((*targets)[0].host, "mail.example.com");
  EXPECT_EQ((*targets)[1], (probe::TargetSpec{"2001:db8::25", 587}));
}

TEST(Targets, AWrongLineIsNamed) {
  const auto targets = parse_targets("mail.example.com\n  a b\n", "list");
  ASSERT_FALSE(targets);
  EXPECT_EQ(to_string(targets.error()).substr(0, 9), "list:2:3:");
}

TEST(Targets, ANetworkNeedsAScopeFile) {
  const auto targets = parse_targets("192.0.2.0/24", "list");
  ASSERT_FALSE(targets);
  EXPECT_NE(targets.error().message.find("scope"), std::string::npos);
}

}  // namespace
}  // namespace relayproof::cli
