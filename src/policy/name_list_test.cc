#include "policy/name_list.h"

#include <gmock/gmock.h>

namespace relayproof::policy {
namespace {

using testing::ElementsAre;

TEST(NameList, KnowsWhatIsBelowItsNames) {
  const NameList names = {"example.org", "Example.com", "[192.0.2.25]", "z.example.net"};
  const struct {
    const char* name;
    bool contains;
    bool contains_or_above;
  } cases[] = {{"example.com", true, true},      {"EXAMPLE.ORG", true, true},
               {"example.org.", true, true},     {"mail.example.org", false, true},
               {"a.b.Example.com", false, true}, {"notexample.com", false, false},
               {".example.com", false, false},   {"com", false, false},
               {"example.net", false, false},    {"[192.0.2.25]", true, true},
               {"x.[192.0.2.25]", false, false}, {"", false, false}};
  for (const auto& test : cases) {
    EXPECT_EQ(names.contains(test.name), test.contains) << test.name;
    EXPECT_EQ(names.contains_or_above(test.name), test.contains_or_above) << test.name;
  }
}

TEST(NameList, InLowerCaseIsAskedInAnyCaseOfLetters) {
  const NameList names = {"example.org", "a-b.example.com.", "a_b.example.com", "a.example.com"};
  for (const char* name : {"example.org", "Example.ORG.", "a-b.example.com", "A_B.example.com",
                           "x.A.example.com", "a.example.com"}) {
    EXPECT_TRUE(names.contains_or_above(name)) << name;
  }
  for (const char* name : {"Example.com", "b.example.com", "org"}) {
    EXPECT_FALSE(names.contains_or_above(name)) << name;
  }
}

TEST(NameList, KeepsTheOrderInWhichNamesWereGiven) {
  NameList names = {"b.example", "a.example"};
  const std::vector<std::string> more = {"0.example"};
  names.insert(names.end(), more.begin(), more.end());
  EXPECT_THAT(names, ElementsAre("b.example", "a.example", "0.example"));
  EXPECT_TRUE(names.contains("0.example"));
  names.assign(more.begin(), more.end());
  EXPECT_THAT(names, ElementsAre("0.example"));
  EXPECT_FALSE(names.contains("a.example"));
}

TEST(NameList, OfNoNamesHasNone) { EXPECT_FALSE(NameList().contains_or_above("example.com")); }

}  // namespace
}  // namespace relayproof::policy
