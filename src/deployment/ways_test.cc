#include "deployment/ways.h"

#include <gtest/gtest.h>

#include "deployment/deployment_test.h"

namespace relayproof::deployment {
namespace {

const auto v4_stranger = "203.0.113.9";
const auto v6_stranger = "2001:db8::9";

// As whom the container sees a client at port 25: an address, `itself`, `nobody` (it cannot come
// in), `one of …`, with `?` behind where the files do not settle it.
std::string seen(const std::vector<std::string>& texts, const char* client) {
  const auto deployment = read_all(texts);
  const auto ways = ways_to(deployment, deployment.containers.front(), 25);
  if (ways.everybody) return "itself";
  for (const auto& entry : ways.seen) {
    if (!entry.clients.contains(address(client))) continue;
    const std::string doubt = entry.surely ? "" : "?";
    return (entry.as.empty() ? "itself" : entry.as.to_string()) + doubt;
  }
  return "nobody";
}

std::string compose(const std::string& port, const std::string& more = "", bool ipv6 = false) {
  return "services:\n  mta:\n    image: postfix\n    ports: [" + port + "]\n" + more +
         "    networks: {mail: {ipv4_address: 172.22.1.253}}\n"
         "networks:\n  mail:\n    enable_ipv6: " +
         (ipv6 ? "true" : "false") +
         "\n    driver_opts: {com.docker.network.bridge.name: br-mail}\n    ipam: {config: "
         "[{subnet: "
         "172.22.1.0/24}" +
         (ipv6 ? ", {subnet: \"fd4d::/64\"}" : "") + "]}\n";
}

struct WayCase {
  const char* name;
  std::vector<std::string> texts;
  const char* v4;
  const char* v6;
};

TEST(Ways, OfDockerAreThoseOfItsProxyAndItsFilter) {
  const std::string usual = "\"25:25\"";
  const WayCase cases[] = {
      {"IPv6 goes through the proxy", {compose(usual)}, "itself", "172.22.1.1"},
      {"no proxy, no IPv6", {compose(usual), R"({"userland-proxy": false})"}, "itself", "nobody"},
      {"no filter, all through the proxy",
       {compose(usual), R"({"iptables": false})"},
       "172.22.1.1",
       "172.22.1.1"},
      {"neither: nothing is published",
       {compose(usual), R"({"iptables": false, "userland-proxy": false})"},
       "nobody",
       "nobody"},
      {"on IPv4 only", {compose("\"0.0.0.0:25:25\"")}, "itself", "nobody"},
      {"on loopback only", {compose("\"127.0.0.1:25:25\"")}, "nobody", "nobody"},
      {"on IPv6 only", {compose("\"[::]:25:25\"")}, "nobody", "172.22.1.1"},
      {"the daemon's own address", {compose(usual), R"({"ip": "192.0.2.1"})"}, "itself", "nobody"},
      {"another port", {compose("\"587:587\"")}, "nobody", "nobody"},
      {"with IPv6, filtered",
       {compose(usual, "", true), R"({"ip6tables": true})"},
       "itself",
       "itself"},
      {"with IPv6, not filtered",
       {compose(usual, "", true), R"({"ip6tables": false})"},
       "itself",
       "fd4d::1"},
      {"with IPv6, new Docker",
       {compose(usual, "", true), R"({"ServerVersion": "27.1"})"},
       "itself",
       "itself"},
      {"with IPv6, old Docker",
       {compose(usual, "", true), R"({"ServerVersion": "24.0"})"},
       "itself",
       "fd4d::1"},
      {"with IPv6, which Docker?", {compose(usual, "", true)}, "itself", "fd4d::1?"},
      {"rootless Docker",
       {compose(usual), R"({"ServerVersion": "27", "SecurityOptions": ["name=rootless"]})"},
       "172.22.1.1",
       "172.22.1.1"},
      {"a swarm's ingress network",
       {compose("{target: 25, published: 25, mode: ingress}")},
       "10.0.0.0/24 10.255.0.0/16",
       "10.0.0.0/24 10.255.0.0/16"},
      {"a swarm's host mode",
       {compose("{target: 25, published: 25, mode: host}")},
       "itself",
       "172.22.1.1"},
      {"masqueraded by the filter",
       {compose(usual), "*nat\n-A POSTROUTING -o br-mail -j MASQUERADE\nCOMMIT\n"},
       "172.22.1.1",
       "172.22.1.1"}};
  for (const auto& one : cases) {
    EXPECT_EQ(seen(one.texts, v4_stranger), one.v4) << one.name;
    EXPECT_EQ(seen(one.texts, v6_stranger), one.v6) << one.name;
  }
}

std::string with_mode(const std::string& mode) {
  return "services:\n  mta:\n    ports: [\"25:25\"]\n    network_mode: " + mode +
         "\n  front:\n    ports: [\"25:25\"]\n    networks: [mail]\n"
         "networks: {mail: {ipam: {config: [{subnet: 172.22.1.0/24, gateway: 172.22.1.9}]}}}\n";
}

TEST(Ways, HangOnTheNetworkModeOfTheContainer) {
  const WayCase cases[] = {
      {"the host's", {with_mode("host")}, "itself", "itself"},
      {"none", {with_mode("none")}, "nobody", "nobody"},
      {"another service's", {with_mode("\"service:front\"")}, "itself", "172.22.1.9"},
      {"slirp4netns", {with_mode("slirp4netns")}, "10.0.2.100", "10.0.2.100"},
      {"slirp4netns, its own handler",
       {with_mode("\"slirp4netns:port_handler=slirp4netns\"")},
       "itself",
       "itself"},
      {"pasta", {with_mode("pasta")}, "itself", "itself"}};
  for (const auto& one : cases) {
    EXPECT_EQ(seen(one.texts, v4_stranger), one.v4) << one.name;
    EXPECT_EQ(seen(one.texts, v6_stranger), one.v6) << one.name;
  }
}

TEST(Ways, WithoutARangeInTheFilesItIsOneOfTheEnginesOwn) {
  const auto deployment = read_all({"services:\n  mta:\n    ports: [\"25:25\"]\n"});
  const auto ways = ways_to(deployment, deployment.containers.front(), 25);
  ASSERT_FALSE(ways.seen.empty());
  for (const auto& entry : ways.seen) {
    if (!entry.clients.contains(address(v6_stranger))) continue;
    EXPECT_TRUE(entry.as.contains(address("172.17.0.1")));
    EXPECT_TRUE(entry.as.contains(address("192.168.16.1")));
    EXPECT_FALSE(entry.as.contains(address("172.17.0.2")));
  }
}

TEST(Ways, ToAServerBehindARouterAreThoseOfItsRules) {
  const std::string forward =
      "*nat\n-A PREROUTING -i eth0 -p tcp -m tcp --dport 25 -j DNAT --to-destination "
      "192.168.1.10\n";
  const auto all =
      read_all({forward + "-A POSTROUTING -d 192.168.1.10/32 -p tcp --dport 25 -j SNAT "
                          "--to-source 192.168.1.1\nCOMMIT\n"});
  const auto hidden = ways_to_host(all, {}, 25);
  ASSERT_FALSE(hidden.everybody);
  EXPECT_EQ(hidden.seen.front().as.to_string(), "192.168.1.1");
  const auto usual = read_all({forward + "-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n"});
  EXPECT_TRUE(ways_to_host(usual, {}, 25).everybody);
  const auto lan = read_all({forward + "-A POSTROUTING -o lan0 -j MASQUERADE\nCOMMIT\n"});
  const auto perhaps = ways_to_host(lan, {}, 25);
  ASSERT_FALSE(perhaps.everybody);
  EXPECT_FALSE(perhaps.seen.front().surely);
  EXPECT_TRUE(perhaps.seen.front().as.contains(address("192.168.1.1")));
  EXPECT_FALSE(perhaps.seen.front().as.contains(address("192.168.1.10")));
}

TEST(Ways, OfPodmanAreThoseOfItsFilterAlone) {
  const std::string podman = R"({"host": {"security": {"rootless": false}}, "store": {}})";
  EXPECT_EQ(seen({compose("\"25:25\""), podman}, v4_stranger), "itself");
  EXPECT_EQ(seen({compose("\"25:25\""), podman}, v6_stranger), "nobody");
  EXPECT_EQ(seen({compose("\"25:25\""), podman}, "127.0.0.1"), "172.22.1.1");
  EXPECT_EQ(seen({compose("\"25:25\"", "", true), podman}, v6_stranger), "itself");
  EXPECT_EQ(seen({compose("\"25:25\"", "", true), podman}, "::1"), "fd4d::1");
}

}  // namespace
}  // namespace relayproof::deployment
