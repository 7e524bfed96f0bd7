#include "deployment/ways.h"

#include <algorithm>

#include "deployment/bridges.h"

namespace relayproof::deployment {
namespace {

constexpr unsigned filters_ipv6_by_itself = 27;  // Docker's major version

mail::IpSet address(const char* text) { return mail::IpSet::of(*mail::IpAddress::parse(text)); }
mail::IpSet network(const char* text) { return mail::IpSet::of(*mail::Network::parse(text)); }
mail::IpSet v4_of(const mail::IpSet& set) { return set & mail::IpSet::all_v4(); }
mail::IpSet v6_of(const mail::IpSet& set) { return set & mail::IpSet::all_v6(); }

// Whom an address of the host lets in.
mail::IpSet clients_at(const std::string& host_address) {
  const auto own = mail::loopback();
  const auto at = mail::IpAddress::parse(host_address);
  if (!at) return mail::IpSet::all();
  const auto family = at->is_v6() ? mail::IpSet::all_v6() : mail::IpSet::all_v4();
  if (at->is_unspecified()) return family;
  return at->is_loopback() ? family & own : family - own;
}

// With `network_mode: service:x` the ports and networks are those of x.
const Container& whose_network(const Deployment& deployment, const Container& container) {
  for (const std::string prefix : {"service:", "container:"}) {
    if (!container.network_mode.starts_with(prefix)) continue;
    const std::string name = container.network_mode.substr(prefix.size());
    for (const auto& other : deployment.containers) {
      if (other.name == name || other.container_name == name) return other;
    }
  }
  return container;
}

class Finder {
 public:
  Finder(const Deployment& deployment, const Container& container, std::uint16_t port)
      : deployment_(deployment),
        container_(whose_network(deployment, container)),
        bridges_(bridges_of(deployment, container_)),
        port_(port) {}

  Ways find() {
    const std::string& mode = container_.network_mode;
    if (mode == "host" || !bridges_.bridged) {
      ways_.everybody = true;
      return std::move(ways_);
    }
    if (mode != "none") {
      for (const auto& port : container_.ports) {
        if (port.container_port == port_) publish(port);
      }
      // The other containers, and the host itself, need no published port.
      come(bridges_.neighbours, {}, "", container_.written);
      mask();
    }
    return std::move(ways_);
  }

 private:
  const Engine& engine() const { return deployment_.engine; }

  void come(mail::IpSet clients, const mail::IpSet& as, std::string how, Written because,
            bool surely = true) {
    for (const auto& known : ways_.seen) clients = clients - known.clients;
    if (clients.empty()) return;
    ways_.seen.push_back({std::move(clients), as, surely, std::move(how), std::move(because)});
  }

  void publish(const PublishedPort& port) {
    auto clients = clients_at(port.host_address);
    if (port.host_address.empty() && engine().publishes_at) {
      clients = clients_at(engine().publishes_at->to_string());
    }
    if (port.mode == PublishedPort::Mode::direct) {
      come(clients, {}, "", port.written);
      return;
    }
    if (port.mode == PublishedPort::Mode::proxied) {
      come(clients, port.as, port.through, port.written);
      return;
    }
    if (publish_without_root(port, clients)) return;
    if (engine().swarm.on.value_or(false) && port.mode != PublishedPort::Mode::host) {
      come(clients, network("10.0.0.0/24") | network("10.255.0.0/16"), "swarm ingress network",
           port.written);
      return;
    }
    if (engine().podman) {
      publish_by_filter(port, v4_of(clients), v4_of(bridges_.gateways));
      if (bridges_.ipv6.value_or(true)) {
        publish_by_filter(port, v6_of(clients), v6_of(bridges_.gateways));
      }
      return;
    }
    publish_v4(port, v4_of(clients));
    publish_v6(port, v6_of(clients));
  }

  // Podman has no proxy: netavark and the CNI plugin portmap translate the destination, and the
  // source too of what comes from the host's own loopback.
  void publish_by_filter(const PublishedPort& port, const mail::IpSet& clients,
                         const mail::IpSet& gateways) {
    come(clients - mail::loopback(), {}, "", port.written);
    come(clients, gateways, "masquerade by the engine", port.written);
  }

  // Without root no packet filter helps: a process of the user's takes every connection.
  bool publish_without_root(const PublishedPort& port, const mail::IpSet& clients) {
    const std::string& mode = container_.network_mode;
    const bool slirp = mode.starts_with("slirp4netns");
    if (mode.starts_with("pasta") || mode.find("port_handler=slirp4netns") != std::string::npos) {
      come(clients, {}, "", port.written);
      return true;
    }
    if (!slirp && !engine().rootless.on.value_or(false)) return false;
    const auto& because = slirp ? container_.mode_written : engine().rootless.written;
    if (slirp) {
      come(clients, address("10.0.2.100"), "rootlesskit's port handler", because);
    } else if (engine().podman) {
      come(clients, v4_of(bridges_.neighbours) | address("10.0.2.100"), "rootlessport", because);
    } else {
      come(clients, v4_of(bridges_.gateways), "rootlesskit", because);
    }
    return true;
  }

  void publish_v4(const PublishedPort& port, const mail::IpSet& clients) {
    const bool filters = engine().iptables.on.value_or(true);
    const bool proxy = engine().userland_proxy.on.value_or(true);
    const auto strangers = clients - mail::loopback();
    if (filters) {
      come(strangers, {}, "", port.written);
    } else if (proxy) {
      come(strangers, v4_of(bridges_.gateways), "docker-proxy", engine().iptables.written);
    }
    // The host's own loopback the packet filter does not forward.
    if (proxy) come(clients, v4_of(bridges_.gateways), "docker-proxy", port.written);
  }

  void publish_v6(const PublishedPort& port, const mail::IpSet& clients) {
    const bool proxy = engine().userland_proxy.on.value_or(true);
    const auto through_v4 = v4_of(bridges_.gateways);
    const auto strangers = clients - mail::loopback();
    if (bridges_.routed_v6) {
      come(strangers, {}, "", port.written);
    } else if (bridges_.ipv6 == std::nullopt) {
      come(strangers, through_v4 | v6_of(bridges_.gateways), "docker-proxy", port.written, false);
    } else if (!*bridges_.ipv6) {
      if (proxy) come(clients, through_v4, "docker-proxy", port.written);
    } else {
      publish_v6_to_v6(port, strangers, proxy);
      if (proxy) come(clients, v6_of(bridges_.gateways), "docker-proxy", port.written);
    }
  }

  void publish_v6_to_v6(const PublishedPort& port, const mail::IpSet& clients, bool proxy) {
    const auto& version = engine().major_version;
    const bool told = engine().ip6tables.on.has_value();
    const bool by_default = version && *version >= filters_ipv6_by_itself;
    const bool all_filters = engine().iptables.on.value_or(true);
    if (engine().ip6tables.on.value_or(by_default) && all_filters) {
      come(clients, {}, "", port.written);
    } else if (told || version || !all_filters) {
      if (!proxy) return;
      come(clients, v6_of(bridges_.gateways), "docker-proxy",
           told ? engine().ip6tables.written : port.written);
    } else {
      come(clients, v6_of(bridges_.gateways), "docker-proxy, before Docker 27", port.written,
           false);
    }
  }

  // What the packet filter does to those who would come as themselves.
  void mask() {
    Flow flow;
    flow.to = bridges_.addresses;
    flow.port = port_;
    flow.bridge = bridges_.interface;
    flow.to_bridge = true;
    for (const auto& port : container_.ports) {
      if (port.container_port == port_ && port.host_port != 0) flow.published = port.host_port;
    }
    for (const auto& rule : masked(deployment_.nat, flow)) mask(rule);
  }

  void mask(const Masked& rule) {
    const bool v6 = rule.clients.v4().empty();
    const auto gateways = v6 ? v6_of(bridges_.gateways) : v4_of(bridges_.gateways);
    std::vector<Appearance> seen;
    for (auto& entry : ways_.seen) {
      // From a container to a neighbour no packet filter is passed.
      const auto taken = entry.as.empty() && entry.surely
                             ? (entry.clients & rule.clients) - bridges_.neighbours
                             : mail::IpSet();
      entry.clients = entry.clients - taken;
      if (!taken.empty()) {
        seen.push_back({taken, rule.as.empty() ? gateways : rule.as, rule.surely,
                        rule.as.empty() ? "masquerade" : "SNAT", rule.written});
      }
      if (!entry.clients.empty()) seen.push_back(std::move(entry));
    }
    ways_.seen = std::move(seen);
  }

  const Deployment& deployment_;
  const Container& container_;
  Bridges bridges_;
  std::uint16_t port_;
  Ways ways_;
};

// The network around an address of the server's, in which its router has one, too.
mail::IpSet around(const mail::IpSet& to, const std::vector<mail::Network>& server) {
  mail::IpSet found;
  for (const auto& own : server) {
    if (to.contains(own.address)) found = found | mail::IpSet::of(own);
  }
  if (!found.empty()) return found - to;
  const auto one = to.example();
  if (!one) return {};
  return mail::IpSet::of(mail::Network{*one, one->is_v6() ? 64U : 24U}) - to;
}

void add_masked(const Translation& nat, const Flow& flow, const mail::IpSet& around_it, Ways& to) {
  for (const auto& rule : masked(nat, flow)) {
    auto clients = rule.clients - mail::loopback();
    for (const auto& known : to.seen) clients = clients - known.clients;
    if (clients.empty()) continue;
    to.seen.push_back({clients, rule.as.empty() ? around_it : rule.as, rule.surely,
                       rule.as.empty() ? "masquerade" : "SNAT", rule.written});
  }
}

}  // namespace

Ways ways_to(const Deployment& deployment, const Container& container, std::uint16_t port) {
  return Finder(deployment, container, port).find();
}

Ways ways_to_host(const Deployment& deployment, const std::vector<mail::Network>& server,
                  std::uint16_t port) {
  Ways ways;
  const auto forwards = forwards_to(deployment.nat, port);
  for (const auto& forward : forwards) {
    Flow flow;
    flow.to = forward.to;
    flow.port = port;
    flow.came_by = forward.in;
    add_masked(deployment.nat, flow, around(forward.to, server), ways);
  }
  if (forwards.empty()) {
    Flow flow;
    for (const auto& own : server) flow.to = flow.to | mail::IpSet::of(own.address);
    flow.to = flow.to - mail::loopback();
    if (flow.to.empty()) flow.to = mail::IpSet::all();
    flow.port = port;
    flow.only_named = true;
    add_masked(deployment.nat, flow, around(flow.to, server), ways);
  }
  if (ways.seen.empty()) {
    ways.everybody = true;
    return ways;
  }
  mail::IpSet rest = mail::IpSet::all();
  for (const auto& entry : ways.seen) rest = rest - entry.clients;
  if (!rest.empty()) ways.seen.push_back({rest, {}, true, "", {}});
  return ways;
}

mail::IpSet addresses_of(const Deployment& deployment, const Container& container) {
  return bridges_of(deployment, whose_network(deployment, container)).addresses;
}

std::vector<mail::Network> interfaces_in(const Deployment& deployment, const Container& container) {
  std::vector<mail::Network> interfaces;
  const auto& owner = whose_network(deployment, container);
  for (const auto& network : deployment.networks) {
    for (const auto& place : owner.attachments) {
      if (place.network != network.name && !network.name.ends_with("_" + place.network)) continue;
      for (const auto& subnet : network.subnets) {
        const auto& own = subnet.address.is_v6() ? place.ipv6 : place.ipv4;
        const auto [first, last] = mail::ends_of(subnet);
        auto chosen = own;
        if (!chosen && subnet.address.is_v6()) {
          chosen = mail::address_of(mail::number_v6(first) + 2);
        } else if (!chosen) {
          chosen = mail::address_of(mail::number_v4(first) + 2);
        }
        interfaces.push_back({*chosen, subnet.prefix});
      }
    }
  }
  return interfaces;
}

}  // namespace relayproof::deployment
