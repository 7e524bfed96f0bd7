#include <algorithm>

#include "net/net_test.h"
#include "net/network.h"

namespace relayproof::net {
namespace {

Task<void> hang_up(std::unique_ptr<Stream> stream) {
  stream->close();
  co_return;
}

using ConnectTest = OnLoopback;

TEST_F(ConnectTest, TellsThatNobodyListens) {
  const std::uint16_t port = serve(hang_up);
  listeners.clear();
  const auto stream = loop.run(network->connect({ip("127.0.0.1"), port}, std::nullopt, far_away()));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Failure::refused);
  EXPECT_EQ(stream.error().detail, "Connection refused");
}

TEST_F(ConnectTest, TellsThatThereIsNoRoute) {
  // 240.0.0.0/4 is reserved: Linux has no route for its broadcast address without asking for it.
  const auto stream =
      loop.run(network->connect({ip("255.255.255.255"), 25}, std::nullopt, far_away()));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Failure::unreachable) << stream.error().detail;
}

TEST_F(ConnectTest, TriesNothingAfterItsDeadline) {
  const std::uint16_t port = serve(hang_up);
  const auto stream =
      loop.run(network->connect({ip("127.0.0.1"), port}, std::nullopt, already_past()));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Failure::timed_out);
}

TEST_F(ConnectTest, UsesTheSourceAddressItIsGiven) {
  const std::uint16_t port = serve(hang_up);
  const auto stream =
      loop.run(network->connect({ip("127.0.0.1"), port}, ip("127.0.0.2"), far_away()));
  ASSERT_TRUE(stream);
  EXPECT_EQ((*stream)->local_address(), ip("127.0.0.2"));
}

TEST_F(ConnectTest, RefusesASourceAddressThatIsNotOurs) {
  const std::uint16_t port = serve(hang_up);
  const auto stream =
      loop.run(network->connect({ip("127.0.0.1"), port}, ip("192.0.2.77"), far_away()));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Failure::local);
  EXPECT_NE(stream.error().detail.find("192.0.2.77"), std::string::npos);
}

TEST_F(ConnectTest, RefusesASourceAddressOfTheOtherFamily) {
  const auto stream = loop.run(network->connect({ip("127.0.0.1"), 25}, ip("::1"), far_away()));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, Failure::local);
}

TEST_F(ConnectTest, ConnectsOverIpv6) {
  const auto own = network->own_addresses();
  if (std::find(own.begin(), own.end(), ip("::1")) == own.end()) GTEST_SKIP() << "no ::1 here";
  const std::uint16_t port = serve(hang_up, {}, "::1");
  const auto stream = loop.run(network->connect({ip("::1"), port}, std::nullopt, far_away()));
  ASSERT_TRUE(stream) << stream.error().detail;
  EXPECT_EQ((*stream)->local_address(), ip("::1"));
}

TEST_F(ConnectTest, KnowsTheAddressItWouldUse) {
  const auto source = network->source_towards(ip("127.0.0.9"));
  ASSERT_TRUE(source) << source.error().detail;
  EXPECT_TRUE(source->is_loopback());
  const auto none = network->source_towards(ip("255.255.255.255"));
  EXPECT_FALSE(none);
}

TEST_F(ConnectTest, KnowsItsOwnAddressesOnceEach) {
  const auto own = network->own_addresses();
  EXPECT_EQ(std::count(own.begin(), own.end(), ip("127.0.0.1")), 1);
}

TEST_F(ConnectTest, KeepsTheTime) {
  Clock& clock = network->clock();
  const TimePoint when = clock.now() + std::chrono::milliseconds(1);
  loop.run(clock.sleep_until(when));
  EXPECT_GE(clock.now(), when);
  EXPECT_GT(clock.wall().time_since_epoch().count(), 0);
}

}  // namespace
}  // namespace relayproof::net
