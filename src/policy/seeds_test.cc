#include "policy/seeds.h"

#include <gmock/gmock.h>

#include "policy/small_policy_test.h"

namespace relayproof::policy {
namespace {

using testing::Contains;
using testing::Not;
using testing::SizeIs;

TEST(Seeds, AreRewrittenToAnAddressOutside) {
  SmallPolicy rewriting;
  rewriting.pattern_table("^(.+)=(.+)@example\\.com$", rewriting.result(Nothing{}));
  rewriting.transform({"$1", "@", "$2"});
  EXPECT_THAT(seeds(rewriting.policy, Field::recipient), Contains("a=example.net@example.com"));
}

TEST(Seeds, AreHeaderLinesThatNameARecipient) {
  SmallPolicy redirecting;
  redirecting.pattern_table("^X-To: (.+)$", redirecting.result(Nothing{}));
  const auto index = redirecting.transform({"$1"});
  redirecting.policy.transforms[index].rewritten->captured_in = Field::header;
  EXPECT_THAT(seeds(redirecting.policy, Field::header), Contains("x-to: someone@example.net"));
  EXPECT_THAT(seeds(redirecting.policy, Field::recipient),
              Not(Contains("x-to: someone@example.net")));
}

TEST(Seeds, AreKeysOfTablesAndOwnAddresses) {
  SmallPolicy small;
  small.table({{"bob@example.org", small.result(Nothing{})}});
  small.table({{"abuse@", small.result(Nothing{})}});
  const auto texts = seeds(small.policy, Field::recipient);
  for (const std::string text : {"bob@example.org", "abuse@example.net", "abuse@example.com",
                                 "postmaster@example.com", "someone@example.net"}) {
    EXPECT_THAT(texts, Contains(text));
  }
}

TEST(Seeds, AreFewHoweverLargeATableIs) {
  SmallPolicy small;
  std::vector<std::pair<std::string, std::uint32_t>> rows;
  for (int i = 0; i < 5000; ++i) rows.emplace_back("u" + std::to_string(i) + "@example.org", 0);
  small.table(rows);
  EXPECT_THAT(seeds(small.policy, Field::recipient), SizeIs(testing::Lt(100U)));
}

TEST(Seeds, AreNothingThatSomebodyElseOwns) {
  SmallPolicy small;
  small.policy.owned_names = {"example.net", "example.org"};
  const auto names = seeds(small.policy, Field::client_name);
  EXPECT_THAT(names, Not(Contains("mail.example.net")));
  EXPECT_THAT(names, Not(Contains("mail.example.com")));
  EXPECT_THAT(names, Contains("mail.example.info"));
}

}  // namespace
}  // namespace relayproof::policy
