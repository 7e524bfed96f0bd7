#include "policy/solutions.h"

#include <gtest/gtest.h>

#include "policy/table_policy_test.h"

namespace relayproof::policy {
namespace {

TEST(Solutions, AreSearchedOnceInWhateverOrderTheyAreAskedFor) {
  TablePolicy small;
  const auto lookup = small.lookup({small.table({{"example.net", 1}})}, {Key::domain});
  Wanted found;
  found.lookup = lookup;
  found.result = 1;
  Wanted outside;
  outside.kind = Wanted::Kind::outside;
  Solutions solutions;
  std::size_t used = 0;
  const auto& first = solutions.find(small.policy, Field::recipient, {found, outside}, {}, used);
  EXPECT_EQ(first.feasible, Solution::Feasible::yes);
  const auto after_first = used;
  const auto& second =
      solutions.find(small.policy, Field::recipient, {outside, found, found}, {}, used);
  EXPECT_EQ(&first, &second);
  EXPECT_EQ(used, after_first);
}

}  // namespace
}  // namespace relayproof::policy
