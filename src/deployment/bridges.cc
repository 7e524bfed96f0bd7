#include "deployment/bridges.h"

#include <algorithm>

namespace relayproof::deployment {
namespace {

mail::IpSet network(const char* text) { return mail::IpSet::of(*mail::Network::parse(text)); }

// What Docker (default-address-pools) and Podman (netavark) choose from, if nobody says.
mail::IpSet default_ranges(bool podman) {
  if (podman) return network("10.88.0.0/15");
  return network("172.17.0.0/16") | network("172.18.0.0/15") | network("172.20.0.0/14") |
         network("172.24.0.0/13") | network("192.168.0.0/16");
}

// The first address of each range that the engine would choose.
mail::IpSet default_gateways(bool podman) {
  mail::IpSetBuilder builder;
  const auto add = [&](unsigned a, unsigned b, unsigned c) {
    builder.add(mail::IpAddress::v4({static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b),
                                     static_cast<std::uint8_t>(c), 1}));
  };
  if (podman) {
    add(10, 88, 0);
    for (unsigned third = 0; third < 256; ++third) add(10, 89, third);
  } else {
    for (unsigned second = 17; second < 32; ++second) add(172, second, 0);
    for (unsigned third = 0; third < 256; third += 16) add(192, 168, third);
  }
  return builder.build();
}

mail::IpSet unique_local() { return network("fc00::/7"); }

mail::IpAddress first_host(const mail::Network& subnet) {
  const auto first = mail::ends_of(subnet).first;
  if (first.is_v6()) return mail::address_of(mail::number_v6(first) + 1);
  return mail::address_of(mail::number_v4(first) + 1);
}

// Of each network that a pool is made of; the whole pool where these are very many.
void add_gateways(const mail::Network& base, unsigned prefix, mail::IpSetBuilder& builder) {
  constexpr unsigned most_bits = 12;
  const unsigned bits = prefix - base.prefix;
  if (bits > most_bits || base.address.is_v6()) {
    builder.add(base);
    return;
  }
  const auto first = mail::number_v4(mail::ends_of(base).first);
  const std::uint64_t step = std::uint64_t{1} << (32 - prefix);
  for (std::uint64_t i = 0; i < (std::uint64_t{1} << bits); ++i) {
    builder.add(mail::address_of(static_cast<std::uint32_t>(first + i * step + 1)));
  }
}

struct Choice {
  mail::IpSet ranges;
  mail::IpSet gateways;
};

// What the engine makes networks of that nobody gave a range.
Choice choice_of(const Engine& engine, bool v6) {
  mail::IpSetBuilder ranges;
  mail::IpSetBuilder gateways;
  for (const auto& [base, prefix] : engine.pools) {
    if (base.address.is_v6() != v6) continue;
    ranges.add(base);
    add_gateways(base, prefix, gateways);
  }
  Choice choice{ranges.build(), gateways.build()};
  if (!choice.ranges.empty()) return choice;
  if (v6) return {unique_local(), unique_local()};
  return {default_ranges(engine.podman), default_gateways(engine.podman)};
}

const BridgeNetwork* find(const Deployment& deployment, const std::string& name) {
  const auto found = std::find_if(
      deployment.networks.begin(), deployment.networks.end(),
      [&](const BridgeNetwork& one) { return one.name == name || one.name.ends_with("_" + name); });
  return found == deployment.networks.end() ? nullptr : &*found;
}

class Gatherer {
 public:
  Gatherer(const Deployment& deployment, Bridges& to) : deployment_(deployment), to_(to) {}

  void add(const Attachment& place) {
    const auto* known = find(deployment_, place.network);
    BridgeNetwork none;
    none.name = place.network;
    // The network that Compose makes by itself has no IPv6; one that others made may.
    if (known == nullptr && place.network != "default") none.ipv6 = std::nullopt;
    if (known == nullptr && place.network == "default") none.ipv6 = false;
    const auto& network = known == nullptr ? none : *known;
    see_driver(network, known != nullptr);
    see_family(network, place, false);
    see_family(network, place, true);
    if (place.ipv4) to_.addresses = to_.addresses | mail::IpSet::of(*place.ipv4);
    if (place.ipv6) to_.addresses = to_.addresses | mail::IpSet::of(*place.ipv6);
    is_first_ = false;
  }

 private:
  void see_driver(const BridgeNetwork& network, bool known) {
    if (network.driver == "macvlan" || network.driver == "ipvlan") to_.bridged = false;
    to_.routed_v4 = to_.routed_v4 || network.routed_v4;
    to_.routed_v6 = to_.routed_v6 || network.routed_v6;
    const std::optional<bool> v6 =
        known ? std::optional(network.ipv6.value_or(false)) : network.ipv6;
    if (!v6) {
      if (to_.ipv6 == false) to_.ipv6 = std::nullopt;
    } else if (*v6) {
      to_.ipv6 = true;
    }
    if (is_first_) to_.interface = network.interface;
  }

  void see_family(const BridgeNetwork& network, const Attachment& place, bool v6) {
    if (v6 && network.ipv6 == false) return;
    mail::IpSet range;
    mail::IpSet gateways;
    for (const auto& subnet : network.subnets) {
      if (subnet.address.is_v6() != v6) continue;
      range = range | mail::IpSet::of(subnet);
      gateways = gateways | mail::IpSet::of(first_host(subnet));
    }
    mail::IpSet told;
    for (const auto& gateway : network.gateways) {
      if (gateway.is_v6() == v6) told = told | mail::IpSet::of(gateway);
    }
    if (!told.empty()) gateways = told;
    if (range.empty() && gateways.empty()) {
      if (network.driver == own_namespace || (v6 && !network.ipv6.value_or(false))) return;
      to_.guessed = true;
      const auto choice = choice_of(deployment_.engine, v6);
      range = choice.ranges;
      gateways = choice.gateways;
    }
    to_.neighbours = to_.neighbours | range;
    // Only one network's gateway takes part in publishing ports: the first by name.
    if (is_first_) to_.gateways = to_.gateways | gateways;
    if (!(v6 ? place.ipv6 : place.ipv4)) to_.addresses = to_.addresses | (range - gateways);
  }

  const Deployment& deployment_;
  Bridges& to_;
  bool is_first_ = true;
};

}  // namespace

Bridges bridges_of(const Deployment& deployment, const Container& container) {
  Bridges bridges;
  Gatherer gatherer(deployment, bridges);
  auto places = container.attachments;
  std::sort(places.begin(), places.end(),
            [](const Attachment& a, const Attachment& b) { return a.network < b.network; });
  for (const auto& place : places) gatherer.add(place);
  if (container.attachments.empty()) {
    gatherer.add({container.network_mode == "bridge" ? "bridge" : "default", {}, {}});
  }
  return bridges;
}

}  // namespace relayproof::deployment
