#include "cli/scope.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

constexpr const char* whole =
    "who = \"Example University\"\ncontact = \"mail@example.edu\"\n"
    "networks = [\"192.0.2.0/24\", \"2001:db8::/32\", \"198.51.100.7\"]\n"
    "from = 2026-11-22T08:00:00Z\nuntil = 2026-11-30T18:00:00+02:00\n";

mail::IpAddress ip(const char* text) { return mail::IpAddress::parse(text).value(); }

TEST(Scope, SaysWhoMayBeAskedByWhomAndWhen) {
  const auto scope = parse_scope(whole, "s");
  ASSERT_TRUE(scope) << to_string(scope.error());
  EXPECT_EQ(scope->who, "Example University");
  EXPECT_EQ(scope->contact, "mail@example.edu");
  for (const char* inside : {"192.0.2.0", "192.0.2.255", "2001:db8:ffff::1", "198.51.100.7"}) {
    EXPECT_TRUE(scope->networks.contains(ip(inside))) << inside;
  }
  for (const char* outside : {"192.0.3.0", "198.51.100.8", "2001:db9::1"}) {
    EXPECT_FALSE(scope->networks.contains(ip(outside))) << outside;
  }
  EXPECT_EQ(scope->from->time_since_epoch(), std::chrono::seconds(1795334400));
  EXPECT_EQ(scope->until->time_since_epoch(), std::chrono::seconds(1796054400));
}

TEST(Scope, SaysWhereItIsWrong) {
  const std::string head = "who = \"x\"\ncontact = \"a@b.example\"\n";
  struct Row {
    std::string text, error;
  };
  for (const auto& [text, error] : std::vector<Row>{
           {"", "s: who is missing"},
           {head, "s: networks is missing"},
           {head + "networks = []", "s:3:12: networks must be a list"},
           {head + "networks = [\"all\"]", "s:3:12: networks holds what is no network"},
           {head + "networks = \"192.0.2.0/24\"", "s:3:12: networks must be a list"},
           {head + "network = []", "s:3:1: unknown key 'network'"},
           {"contact = \"nobody\"", "s:1:11: contact must be one address"},
           {"who = \" \"", "s:1:7: who must be some words"},
           {"from = 2026-11-22T08:00:00", "s:1:8: from must be a time with its zone"},
           {"until = 3", "s:1:9: until must be a time"},
           {head + "networks = [\"192.0.2.1\"]\nfrom = 2026-11-22T08:00:00Z\n"
                   "until = 2026-11-22T08:00:00Z",
            "s: until is not after from"},
           {"who = ", "s:1:7: "}}) {
    const auto scope = parse_scope(text, "s");
    ASSERT_FALSE(scope) << text;
    EXPECT_EQ(to_string(scope.error()).substr(0, error.size()), error);
    EXPECT_EQ(to_string(scope.error()).find('\n'), std::string::npos);
  }
  EXPECT_FALSE(load_scope("/nonexistent/scope"));
}

TEST(DoNotProbe, HoldsNetworksAddressesAndNamesWithAllBelow) {
  const auto list =
      parse_do_not_probe("# asked us to stop\n192.0.2.0/28\n2001:db8::1\nExample.ORG.\n", "n");
  ASSERT_TRUE(list);
  for (const char* held :
       {"192.0.2.15", "2001:db8::1", "example.org", "MX.example.org", "example.org."}) {
    EXPECT_TRUE(list->holds(held)) << held;
  }
  for (const char* free : {"192.0.2.16", "2001:db8::2", "notexample.org", "org"}) {
    EXPECT_FALSE(list->holds(free)) << free;
  }
  EXPECT_FALSE(parse_do_not_probe("", "n")->holds("192.0.2.1"));
  const auto wrong = parse_do_not_probe("192.0.2.1\n  two words\n", "n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(to_string(wrong.error()).substr(0, 6), "n:2:3:");
}

}  // namespace
}  // namespace relayproof::cli
