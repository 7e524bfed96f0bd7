#include "net/listener.h"

#include <stdexcept>

#include "net/net_test.h"

namespace relayproof::net {
namespace {

using ListenerTest = OnLoopback;

Task<void> keep_quiet(std::unique_ptr<Stream> stream) { co_await stream->read(far_away()); }

TEST_F(ListenerTest, TellsWhyItCannotListen) {
  const std::uint16_t taken = serve(keep_quiet);
  const auto second = listen(loop, ip("127.0.0.1"), taken, keep_quiet);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("cannot listen on 127.0.0.1 port"), std::string::npos);
  EXPECT_FALSE(listen(loop, ip("192.0.2.77"), 0, keep_quiet));
}

TEST_F(ListenerTest, RefusesNamesThatNoCertificateCanHave) {
  EXPECT_FALSE(listen(loop, ip("127.0.0.1"), 0, keep_quiet, {"a,DNS:b.example"}));
}

TEST_F(ListenerTest, GoesOnAfterAConnectionThatThrows) {
  int served = 0;
  const std::uint16_t port = serve([&served](std::unique_ptr<Stream>) -> Task<void> {
    ++served;
    throw std::runtime_error("expected by this test");
    co_return;
  });
  for (int i = 1; i <= 2; ++i) {
    const auto stream = connected(port);
    EXPECT_TRUE(loop.run(stream->read(far_away())).failure);
    EXPECT_EQ(served, i);
  }
}

TEST_F(ListenerTest, ServesManyAtOnce) {
  std::vector<std::unique_ptr<Stream>> peers;
  const std::uint16_t port = serve([&peers](std::unique_ptr<Stream> peer) -> Task<void> {
    peers.push_back(std::move(peer));
    if (peers.size() < 3) co_return;
    for (const auto& each : peers) co_await each->write("go", far_away());
  });
  std::vector<std::unique_ptr<Stream>> streams;
  streams.reserve(3);
  for (int i = 0; i < 3; ++i) streams.push_back(connected(port));
  for (const auto& stream : streams) EXPECT_EQ(loop.run(stream->read(far_away())).bytes, "go");
}

}  // namespace
}  // namespace relayproof::net
