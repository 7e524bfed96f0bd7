#include "net/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "net/loop.h"
#include "net/system_network.h"

namespace relayproof::net {
namespace {

struct Log {
  std::string events;
  std::size_t running = 0;
  std::size_t most = 0;
};

Task<void> take_a_turn(Clock* clock, Log* log, char name) {
  log->events += name;
  log->most = std::max(log->most, ++log->running);
  co_await clock->sleep_until(clock->now());
  --log->running;
}

Task<void> fail(Log* log, char name) {
  log->events += name;
  throw std::runtime_error(std::string(1, name));
  co_return;
}

class All : public testing::Test {
 protected:
  All() : network(system_network(loop, {}).value()) {}

  std::vector<Task<void>> turns(std::string_view names) {
    std::vector<Task<void>> tasks;
    for (const char name : names) tasks.push_back(take_a_turn(&network->clock(), &log, name));
    return tasks;
  }

  Loop loop;
  std::unique_ptr<Network> network;
  Log log;
};

TEST_F(All, StartsInOrderAndKeepsToTheLimit) {
  loop.run(all(turns("abcdef"), 2));
  EXPECT_EQ(log.events, "abcdef");
  EXPECT_EQ(log.most, 2U);
  EXPECT_EQ(log.running, 0U);
}

TEST_F(All, RunsOneAtATimeAtLeast) {
  loop.run(all(turns("abc"), 0));
  EXPECT_EQ(log.events, "abc");
  EXPECT_EQ(log.most, 1U);
}

TEST_F(All, HasNothingToDoWithoutTasks) {
  loop.run(all({}, 4));
  EXPECT_EQ(log.events, "");
}

TEST_F(All, RethrowsTheFirstExceptionAfterTheLastTask) {
  std::vector<Task<void>> tasks = turns("a");
  tasks.push_back(fail(&log, 'X'));
  tasks.push_back(fail(&log, 'Y'));
  tasks.push_back(take_a_turn(&network->clock(), &log, 'b'));
  std::string caught;
  try {
    loop.run(all(std::move(tasks), 1));
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
  EXPECT_EQ(caught, "X");
  EXPECT_EQ(log.events, "aXYb");
  EXPECT_EQ(log.running, 0U);
}

struct NoDefault {
  explicit NoDefault(int number) : value(number) {}
  int value;
};

Task<NoDefault> seven() { co_return NoDefault(7); }

TEST(Loop, ReturnsWhatTheTaskReturns) {
  Loop loop;
  EXPECT_EQ(loop.run(seven()).value, 7);
  EXPECT_EQ(loop.run(seven()).value, 7);
}

}  // namespace
}  // namespace relayproof::net
