#include "probe/target.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

struct Case {
  std::string_view text;
  TargetSpec spec;
};

class ParseTarget : public testing::TestWithParam<Case> {};

TEST_P(ParseTarget, ReadsHostsAndPorts) {
  const auto spec = parse_target(GetParam().text);
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(*spec, GetParam().spec);
}

INSTANTIATE_TEST_SUITE_P(Spellings, ParseTarget,
                         testing::Values(Case{"mail.Example.com", {"mail.example.com", {}}},
                                         Case{"mail.example.com.", {"mail.example.com", {}}},
                                         Case{"mail.example.com:2525", {"mail.example.com", 2525}},
                                         Case{"192.0.2.25", {"192.0.2.25", {}}},
                                         Case{"192.0.2.25:25", {"192.0.2.25", 25}},
                                         Case{"2001:db8::25", {"2001:db8::25", {}}},
                                         Case{"[2001:db8::25]", {"2001:db8::25", {}}},
                                         Case{"[IPv6:2001:db8::25]:587", {"2001:db8::25", 587}},
                                         Case{"localhost:25", {"localhost", 25}}));

TEST(ParseTarget, RefusesWhatIsNoTargetInOneLine) {
  for (const char* text :
       {"", "mail.example.com:0", "mail.example.com:65536", "a b", "[::1", "[::1]25", "[x]",
        "192.0.2.0/24", "http://mail.example.com", "a:b:c", "-x.example", "x\n.example"}) {
    const auto spec = parse_target(text);
    ASSERT_FALSE(spec) << text;
    EXPECT_EQ(spec.error().message.find('\n'), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace relayproof::probe
