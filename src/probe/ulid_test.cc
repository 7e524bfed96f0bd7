#include "probe/ulid.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

// The example of the ULID specification: 1469918176385 ms is 01ARYZ6S41.
TEST(Ulid, IsTheTimeThenSixteenRandomDigits) {
  const system_clock::time_point when{milliseconds(1469918176385)};
  EXPECT_EQ(ulid(when, [] { return std::string("abcdefgh"); }), "01ARYZ6S41ABCDEFGHABCDEFGH");
}

TEST(Ulid, SortsByTime) {
  const auto at = [](long ms) {
    return ulid(system_clock::time_point{milliseconds(ms)}, [] { return std::string("0"); });
  };
  EXPECT_LT(at(1), at(2));
  EXPECT_LT(at(1469918176385), at(1469918176385 + 32));
}

TEST(RandomWord, IsOfTheAlphabetInLowerCase) {
  const std::string word = random_word(64);
  EXPECT_EQ(word.size(), 64U);
  EXPECT_EQ(word.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
  EXPECT_NE(word, random_word(64));
}

}  // namespace
}  // namespace relayproof::probe
