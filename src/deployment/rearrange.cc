#include "deployment/rearrange.h"

#include <fmt/format.h>

#include <algorithm>

#include "deployment/bridges.h"

namespace relayproof::deployment {
namespace {

using Mode = PublishedPort::Mode;

bool is_engines(const PublishedPort& port) {
  return port.mode == Mode::usual || port.mode == Mode::ingress;
}

bool takes_ipv6(const PublishedPort& port) {
  const auto at = mail::IpAddress::parse(port.host_address);
  return is_engines(port) && (!at || at->is_v6());
}

bool in_swarm(const Engine& engine, const Container& container) {
  return engine.swarm.on.value_or(false) &&
         std::any_of(container.ports.begin(), container.ports.end(), is_engines);
}

class Rearranger {
 public:
  Rearranger(const Deployment& deployment, std::size_t container)
      : deployment_(deployment), container_(container) {}

  std::vector<Rearrangement> run() {
    publish_ipv4_only();
    give_ipv6();
    publish_on_the_node();
    drop_masquerade();
    stop_proxies();
    return std::move(found_);
  }

 private:
  const Container& container() const { return deployment_.containers[container_]; }

  Rearrangement& add(Written where, std::string says, std::string costs) {
    found_.push_back({std::move(where), std::move(says), std::move(costs), deployment_});
    return found_.back();
  }

  static Container& of(Rearrangement& to, std::size_t container) {
    return to.after.containers[container];
  }

  void publish_ipv4_only() {
    const auto& ports = container().ports;
    const auto first = std::find_if(ports.begin(), ports.end(), takes_ipv6);
    if (first == ports.end() || in_swarm(deployment_.engine, container())) return;
    auto& one = add(first->written,
                    fmt::format("publish on IPv4 only (\"0.0.0.0:{}:{}\"), and remove the AAAA "
                                "record",
                                first->host_port, first->container_port),
                    "mail over IPv6 ends");
    for (auto& port : of(one, container_).ports) {
      if (takes_ipv6(port)) port.host_address = "0.0.0.0";
    }
  }

  // Engines since Docker 27 filter IPv6 by themselves; before, ip6tables says so.
  void give_ipv6() {
    Deployment after = deployment_;
    auto& places = after.containers[container_].attachments;
    if (!container().network_mode.empty() || in_swarm(deployment_.engine, container())) return;
    if (places.empty()) places.push_back({"default", {}, {}});
    Written where = container().written;
    bool any = false;
    for (auto& place : places) {
      auto& network = network_of(after, place.network);
      if (network.ipv6.value_or(false) || network.driver == own_namespace) continue;
      if (!network.written.where.file.empty()) where = network.written;
      any = true;
      network.ipv6 = true;
      network.subnets.push_back(*mail::Network::parse("fd00:25::/64"));
      network.gateways.push_back(*mail::IpAddress::parse("fd00:25::1"));
      if (!place.ipv6) place.ipv6 = mail::IpAddress::parse("fd00:25::25");
    }
    if (!any) return;
    after.engine.ip6tables.on = true;
    auto& one = add(std::move(where),
                    "give the network IPv6 (enable_ipv6: true; before Docker 27 also "
                    "\"ip6tables\": true in daemon.json): the server sees real addresses",
                    {});
    one.after = std::move(after);
  }

  // The network that Compose makes by itself stands in no file.
  static BridgeNetwork& network_of(Deployment& deployment, const std::string& name) {
    for (auto& network : deployment.networks) {
      if (network.name == name || network.name.ends_with("_" + name)) return network;
    }
    BridgeNetwork made;
    made.name = name;
    deployment.networks.push_back(std::move(made));
    return deployment.networks.back();
  }

  void publish_on_the_node() {
    if (!in_swarm(deployment_.engine, container())) return;
    auto& one =
        add(container().ports.front().written,
            "publish on the node that runs it (mode: host), not through the ingress network",
            "other nodes take no mail for it");
    for (auto& port : of(one, container_).ports) {
      if (is_engines(port)) port.mode = Mode::host;
    }
  }

  void drop_masquerade() {
    if (deployment_.nat.tables.empty()) return;
    auto& one = add({{}, "the packet filter"},
                    "let the packet filter keep the source of mail connections (no masquerade, no "
                    "SNAT towards the server)",
                    {});
    one.after.nat = {};
  }

  void stop_proxies() {
    const auto& ports = container().ports;
    const auto first = std::find_if(ports.begin(), ports.end(), [](const PublishedPort& port) {
      return port.mode == Mode::proxied;
    });
    if (first == ports.end()) return;
    auto& one = add(first->written,
                    "end the process that takes its connections, or let it say who the client is "
                    "(PROXY protocol on both sides)",
                    "who came through it comes in no more");
    std::erase_if(of(one, container_).ports,
                  [](const PublishedPort& port) { return port.mode == Mode::proxied; });
  }

  const Deployment& deployment_;
  std::size_t container_;
  std::vector<Rearrangement> found_;
};

}  // namespace

std::vector<Rearrangement> rearrangements(const Deployment& deployment,
                                          const std::string& container) {
  for (std::size_t i = 0; i < deployment.containers.size(); ++i) {
    const auto& one = deployment.containers[i];
    if (one.name != container && one.container_name != container) continue;
    return Rearranger(deployment, i).run();
  }
  return {};
}

}  // namespace relayproof::deployment
