#include "dialects/postfix/address_patterns.h"

#include <gtest/gtest.h>

#include <string>

namespace relayproof::postfix {
namespace {

using mail::IpSet;

patterns::Pattern pattern(const std::string& text) {
  return *patterns::Pattern::compile(text, patterns::Flavour::pcre, {});
}

IpSet of(const char* network) { return IpSet::of(*mail::Network::parse(network)); }

TEST(AddressPatterns, FindsTheNetworkThatAnAnchoredPatternMeans) {
  EXPECT_EQ(v4_with_text(pattern(R"(^192\.168\.)")), of("192.168.0.0/16"));
  EXPECT_EQ(v4_with_text(pattern(R"(^10\.)")), of("10.0.0.0/8"));
  EXPECT_EQ(v4_with_text(pattern(R"(^203\.0\.113\.9$)")), of("203.0.113.9/32"));
  EXPECT_EQ(v4_with_text(pattern("^1")), of("1.0.0.0/8") | of("10.0.0.0/7") | of("12.0.0.0/6") |
                                             of("16.0.0.0/6") | of("100.0.0.0/6") |
                                             of("104.0.0.0/5") | of("112.0.0.0/4") |
                                             of("128.0.0.0/2") | of("192.0.0.0/5"));
}

TEST(AddressPatterns, TakesAllOrNoneWhereTheTextSaysSo) {
  EXPECT_EQ(v4_with_text(pattern(R"(mail\.example\.net$)")), IpSet::none());
  EXPECT_EQ(v4_with_text(pattern(".")), IpSet::all_v4());
  EXPECT_EQ(v6_with_text(pattern(R"(mail\.example\.net$)")), IpSet::none());
  EXPECT_EQ(v6_with_text(pattern(R"(^192\.168\.)")), IpSet::none());
  EXPECT_EQ(v6_with_text(pattern(".")), IpSet::all_v6());
}

TEST(AddressPatterns, GivesUpWhereAddressesAreScattered) {
  EXPECT_EQ(v4_with_text(pattern("192")), std::nullopt);
  EXPECT_EQ(v6_with_text(pattern("^2001:db8:")), std::nullopt);
}

}  // namespace
}  // namespace relayproof::postfix
