#include "findings/catalogue.h"

#include <gtest/gtest.h>

#include <set>

namespace relayproof::findings {
namespace {

TEST(Catalogue, IsSortedByCodeAndNamesNothingTwice) {
  std::set<std::string_view> names;
  std::string_view last;
  for (const auto& page : catalogue()) {
    EXPECT_LT(last, page.code);
    last = page.code;
    EXPECT_TRUE(names.insert(page.name).second) << page.name;
    EXPECT_FALSE(page.title.ends_with('.')) << page.code;
  }
  EXPECT_GT(names.size(), 2U);
}

TEST(Catalogue, FindsAPageByCodeOrName) {
  ASSERT_NE(find("rp2001"), nullptr);
  EXPECT_EQ(find("rp2001"), find("open-relay"));
  EXPECT_EQ(find("RP9999"), nullptr);
}

TEST(Catalogue, KnowsOnlySeveritiesThatFindingsHave) {
  const std::set<std::string_view> known = {"info", "low", "medium", "high", "critical"};
  for (const auto& page : catalogue()) EXPECT_TRUE(known.contains(page.severity)) << page.code;
}

}  // namespace
}  // namespace relayproof::findings
