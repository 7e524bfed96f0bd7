#include "deployment/rearrange.h"

#include <gtest/gtest.h>

#include "deployment/deployment_test.h"
#include "deployment/ways.h"

namespace relayproof::deployment {
namespace {

const std::string compose_file =
    "services:\n  mta:\n    image: postfix\n    ports: [\"25:25\", \"587:587\"]\n"
    "    networks: [mail]\n"
    "networks:\n  mail:\n    ipam: {config: [{subnet: 172.22.1.0/24}]}\n";

// As whom the container sees a client at port 25.
std::string seen(const Deployment& deployment, const char* client) {
  const auto ways = ways_to(deployment, deployment.containers.front(), 25);
  for (const auto& entry : ways.seen) {
    if (!entry.clients.contains(address(client))) continue;
    return entry.as.empty() ? "itself" : entry.as.to_string();
  }
  return "nobody";
}

TEST(Rearrangements, EachLetsNobodyAppearAsTheGatewayAnyMore) {
  const auto deployment = read_all({compose_file});
  ASSERT_EQ(seen(deployment, "2001:db8::9"), "172.22.1.1");
  const auto found = rearrangements(deployment, "mta");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].where.where.line, 4U);
  EXPECT_EQ(seen(found[0].after, "203.0.113.9"), "itself");
  EXPECT_EQ(seen(found[0].after, "2001:db8::9"), "nobody");
  EXPECT_NE(found[0].costs, "");
  EXPECT_EQ(seen(found[1].after, "2001:db8::9"), "itself");
  EXPECT_EQ(found[1].costs, "");
}

TEST(Rearrangements, AreNoneWhereNothingStandsBetween) {
  const std::string host = "services: {mta: {image: postfix, network_mode: host}}\n";
  EXPECT_TRUE(rearrangements(read_all({host}), "mta").empty());
  EXPECT_TRUE(rearrangements(read_all({compose_file}), "another").empty());
}

TEST(Rearrangements, OfASwarmPublishOnTheNode) {
  const auto deployment = read_all(
      {compose_file, R"({"ServerVersion": "27.1", "Swarm": {"LocalNodeState": "active"}})"});
  const auto found = rearrangements(deployment, "mta");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(seen(found[0].after, "203.0.113.9"), "itself");
}

TEST(Rearrangements, OfAProcessThatHandsOnTakeItAway) {
  Deployment deployment;
  Container container;
  container.name = "process 7";
  container.ports.push_back({{{}, "socat"},
                             "::",
                             25,
                             25,
                             PublishedPort::Mode::proxied,
                             "socat",
                             network("172.22.1.1/32")});
  deployment.containers.push_back(container);
  ASSERT_EQ(seen(deployment, "2001:db8::9"), "172.22.1.1");
  bool any = false;
  for (const auto& one : rearrangements(deployment, "process 7")) {
    any = any || seen(one.after, "2001:db8::9") == "nobody";
  }
  EXPECT_TRUE(any);
}

}  // namespace
}  // namespace relayproof::deployment
