#include "cli/demo_servers.h"

#include <gtest/gtest.h>

#include "net/loop.h"
#include "probe/run.h"
#include "support/fake_network.h"

namespace relayproof::cli {
namespace {

// The verdicts that the demo is there to show.
TEST(DemoServers, AreOneOpenOneClosedAndOneThatTakesEverything) {
  std::vector<probe::DoorResult> doors;
  for (const auto& server : demo_servers()) {
    testing_support::FakeNetwork network;
    network.servers[{"127.0.0.1", 2525}] = [&](std::size_t) { return server.policy; };
    probe::RunOptions options;
    options.target = {"127.0.0.1", 2525};
    options.domains = {demo_domain};
    options.as_stranger = true;
    options.techniques = probe::standard_techniques();
    options.token = [] { return std::string("k3v"); };
    net::Loop loop;
    auto plan = loop.run(probe::prepare(network, options));
    ASSERT_TRUE(plan) << plan.error().message;
    doors.push_back(loop.run(probe::execute(network, std::move(*plan))).doors.front());
  }
  ASSERT_EQ(doors.size(), 3U);
  EXPECT_EQ(doors[0].verdict, probe::Verdict::open) << doors[0].reason;
  EXPECT_EQ(doors[1].verdict, probe::Verdict::closed) << doors[1].reason;
  EXPECT_EQ(doors[2].verdict, probe::Verdict::undecided) << doors[2].reason;
  EXPECT_TRUE(doors[2].accepts_everything);
}

}  // namespace
}  // namespace relayproof::cli
