#include "cli/permutation.h"

#include <gtest/gtest.h>

#include <vector>

namespace relayproof::cli {
namespace {

TEST(Permutation, GivesEachNumberOnce) {
  for (const std::uint64_t size : {1U, 2U, 3U, 7U, 8U, 9U, 255U, 256U, 257U, 1000U, 65536U}) {
    for (const std::uint64_t seed : {0U, 1U, 42U}) {
      const Permutation order(size, seed);
      std::vector<bool> seen(size);
      for (std::uint64_t place = 0; place < size; ++place) {
        const auto number = order.at(place);
        ASSERT_LT(number, size);
        ASSERT_FALSE(seen[number]) << size << " " << seed << " " << place;
        seen[number] = true;
      }
    }
  }
}

TEST(Permutation, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const Permutation one(1000, 7);
  const Permutation same(1000, 7);
  const Permutation other(1000, 8);
  std::size_t equal = 0;
  std::size_t in_order = 0;
  for (std::uint64_t place = 0; place < 1000; ++place) {
    EXPECT_EQ(one.at(place), same.at(place));
    equal += one.at(place) == other.at(place) ? 1 : 0;
    in_order += one.at(place) == place ? 1 : 0;
  }
  EXPECT_LT(equal, 20U);
  EXPECT_LT(in_order, 20U);
}

TEST(Permutation, TakesSizesThatNoListCouldHave) {
  const Permutation order(std::uint64_t{1} << 40U, 3);
  EXPECT_LT(order.at(0), std::uint64_t{1} << 40U);
  EXPECT_NE(order.at(0), order.at(1));
}

}  // namespace
}  // namespace relayproof::cli
