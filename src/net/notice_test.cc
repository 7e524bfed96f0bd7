#include "net/notice.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "net/loop.h"

namespace relayproof::net {
namespace {

Task<void> wait_for(Notice& notice, std::string& log, char name) {
  co_await notice.wait();
  log += name;
}

Task<void> tell(Notice& notice, std::string& log) {
  log += '!';
  notice.tell();
  co_return;
}

Task<void> fail() {
  throw std::runtime_error("x");
  co_return;
}

Task<void> all_of(Group& group, Notice& notice, std::string& log) {
  co_await group.open();
  group.start(wait_for(notice, log, 'a'));
  group.start(wait_for(notice, log, 'b'));
  group.start(tell(notice, log));
  co_await group.ended();
  log += '.';
}

TEST(Notice, WakesEverybodyWhoWaits) {
  Loop loop;
  Group group;
  Notice notice;
  std::string log;
  loop.run(all_of(group, notice, log));
  EXPECT_EQ(log, "!ab.");
}

Task<void> one_that_fails(Group& group) {
  co_await group.open();
  group.start(fail());
  co_await group.ended();
}

TEST(Group, RethrowsWhatATaskThrew) {
  Loop loop;
  Group group;
  EXPECT_THROW(loop.run(one_that_fails(group)), std::runtime_error);
}

TEST(Group, ThatIsEmptyHasEnded) {
  Loop loop;
  Group group;
  loop.run(group.ended());
}

}  // namespace
}  // namespace relayproof::net
