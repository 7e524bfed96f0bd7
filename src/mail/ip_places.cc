// The named sets of ip_set.h, and the choice of an address that stands for a set.
#include <initializer_list>
#include <string_view>

#include "mail/ip_set.h"

namespace relayproof::mail {
namespace {

IpSet of_networks(std::initializer_list<std::string_view> texts) {
  IpSetBuilder builder;
  for (const std::string_view text : texts) builder.add(Network::parse(text).value());
  return builder.build();
}

/// The lowest number that is not the first or last of a /24.
std::uint32_t host_from(std::uint32_t number) {
  const std::uint32_t low = number & 0xFFU;
  if (low == 0) return number + 1;
  return low == 0xFF ? number + 2 : number;
}

/// RFC 4291 section 2.6.1: interface 0 is the routers of the subnet.
Uint128 host_from(Uint128 number) {
  return (number & ~std::uint64_t{0}) == 0 ? number + 1 : number;
}

template <class Number>
std::optional<IpAddress> host_of(const Intervals<Number>& intervals) {
  for (const auto& [first, last] : intervals) {
    const Number host = host_from(first);
    if (host >= first && host <= last)
      return address_of(host);  // else there is none, or it wrapped
  }
  if (intervals.empty()) return {};
  return address_of(intervals.front().first);
}

std::optional<IpAddress> host_of(const IpSet& set) {
  const auto host = host_of(set.v4());
  return host ? host : host_of(set.v6());
}

}  // namespace

IpSet loopback() { return of_networks({"127.0.0.0/8", "::1/128"}); }

IpSet private_use() {
  return of_networks({"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
                      "169.254.0.0/16", "fc00::/7", "fe80::/10"});
}

IpSet documentation() {
  return of_networks(
      {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"});
}

IpSet globally_routable() {
  const IpSet special =
      of_networks({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                   "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",
                   "224.0.0.0/4", "240.0.0.0/4", "2001::/23"});
  // Inside of these: anycast of PCP and TURN; Teredo, the same anycast and DNS-SD, AMT, AS112,
  // ORCHIDv2, drones. Outside of 2000::/3: IPv4 clients behind a translator (RFC 6052).
  const IpSet reachable =
      of_networks({"192.0.0.9/32", "192.0.0.10/32", "2001::/32", "2001:1::1/128", "2001:1::2/128",
                   "2001:1::3/128", "2001:3::/32", "2001:4:112::/48", "2001:20::/28",
                   "2001:30::/28", "64:ff9b::/96"});
  return ((IpSet::all_v4() | of_networks({"2000::/3"})) - special) | reachable;
}

std::optional<IpAddress> IpSet::example() const {
  for (const std::string_view preferred :
       {"203.0.113.9/32", "203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24", "2001:db8::/32"}) {
    if (const auto host = host_of(*this & of_networks({preferred}))) return host;
  }
  const auto routable = host_of(*this & globally_routable());
  return routable ? routable : host_of(*this);
}

}  // namespace relayproof::mail
