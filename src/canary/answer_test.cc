#include "canary/answer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace relayproof::canary {
namespace {

using std::chrono::seconds;

mail::Reply told_at(long when) {
  return {250, {"2.1.5 relayproof canary: proof", "when " + std::to_string(when)}};
}

TEST(Answer, TellsWhatCameAsItWas) {
  Arrival came;
  came.kind = Kind::proof;
  came.when = Time(seconds(1'800'000'000));
  came.helo = "mail.example";
  came.received = {"from a", "from b"};
  const auto told = read_answer(answer_about(&came));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->when, came.when);
  EXPECT_EQ(told->helo, came.helo);
  EXPECT_EQ(told->received, came.received);
}

TEST(Answer, ATimeThatNoClockHoldsIsLeftOut) {
  const long last = std::chrono::duration_cast<seconds>(Time::max().time_since_epoch()).count();
  EXPECT_EQ(read_answer(told_at(last))->when, Time(seconds(last)));
  for (const long when : {last + 1, 18'000'000'000L, -1L, std::numeric_limits<long>::max()}) {
    EXPECT_EQ(read_answer(told_at(when))->when, Time{}) << when;
  }
}

TEST(Answer, NothingThatCameIsNoArrival) {
  EXPECT_FALSE(read_answer(answer_about(nullptr)));
  EXPECT_FALSE(read_answer({250, {"2.1.5 some mailbox"}}));
}

}  // namespace
}  // namespace relayproof::canary
