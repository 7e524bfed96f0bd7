#include "net/deadline.h"

#include <gtest/gtest.h>

#include "net/net_test.h"

namespace relayproof::net {
namespace {

class AnAlarm : public testing::Test {
 protected:
  /// Until nothing is left that could ring.
  void run_out() {
    loop.context().restart();
    loop.context().run();
  }

  Loop loop;
  int rang = 0;
  Alarm alarm{loop.context().get_executor(), [this] { ++rang; }};
};

TEST_F(AnAlarm, RingsWhenTheWaitIsTooLong) {
  alarm.set(soon());
  run_out();
  EXPECT_EQ(rang, 1);
  EXPECT_TRUE(alarm.passed());
}

TEST_F(AnAlarm, IsSilentWhenTheWaitIsOver) {
  alarm.set(soon());
  alarm.rest();
  run_out();
  EXPECT_EQ(rang, 0);
  EXPECT_FALSE(alarm.passed());
}

TEST_F(AnAlarm, RingsEarlierIfTheNextWaitMayTakeLess) {
  alarm.set(far_away());
  alarm.rest();
  const TimePoint due = soon();
  alarm.set(due);
  run_out();
  EXPECT_EQ(rang, 1);
  EXPECT_GE(std::chrono::steady_clock::now(), due);
}

TEST_F(AnAlarm, RingsLaterIfTheNextWaitMayTakeMore) {
  const TimePoint first = soon();
  alarm.set(first);
  alarm.rest();
  const TimePoint second = first + std::chrono::milliseconds(30);
  alarm.set(second);
  run_out();
  EXPECT_EQ(rang, 1);
  EXPECT_GE(std::chrono::steady_clock::now(), second);
}

TEST_F(AnAlarm, NeverRingsOnceItIsStopped) {
  alarm.set(soon());
  alarm.stop();
  alarm.set(soon());
  run_out();
  EXPECT_EQ(rang, 0);
}

}  // namespace
}  // namespace relayproof::net
