#include "dialects/postfix/host.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/text.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/defaults.h"

namespace relayproof::postfix {
namespace {

// `a b, c` as inet_interfaces and proxy_interfaces split it.
std::vector<std::string> hosts_of(std::string text) {
  std::ranges::replace(text, ',', ' ');
  std::vector<std::string> hosts;
  for (const std::string_view host : words(text)) hosts.emplace_back(host);
  return hosts;
}

// An address, in brackets or not, or what everybody calls this machine.
std::vector<mail::IpAddress> addresses_of(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (const auto address = mail::IpAddress::parse(host)) return {*address};
  if (!equals_ignoring_case(host, "localhost")) return {};
  return {*mail::IpAddress::parse("127.0.0.1"), *mail::IpAddress::parse("::1")};
}

// The interfaces of the machine; the loopback ones alone if nobody told us.
std::vector<mail::Network> all_interfaces(const Host& host, const Protocols& protocols) {
  std::vector<mail::Network> all = host.interfaces;
  if (all.empty()) {
    all = {*mail::Network::parse("127.0.0.1/8"), *mail::Network::parse("::1/128")};
  }
  std::erase_if(all, [&](const mail::Network& network) {
    return network.address.is_v6() ? !protocols.ipv6 : !protocols.ipv4;
  });
  return all;
}

mail::Network alone(const mail::IpAddress& address) {
  return {address, address.is_v6() ? 128U : 32U};
}

bool allows(const Protocols& protocols, const mail::IpAddress& address) {
  return address.is_v6() ? protocols.ipv6 : protocols.ipv4;
}

void add(const mail::IpAddress& address, std::vector<mail::IpAddress>& addresses) {
  if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  Version version;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc() || version.major < 0 || version.minor < 0) return std::nullopt;
  return version;
}

// src/global/own_inet_addr.c.
Config::Interfaces Config::interfaces_of(const Service* service) const {
  const Protocols protocols =
      protocols_of(value_of(service, "inet_protocols", Load::normal).text).value_or(Protocols{});
  const std::vector<mail::Network> all = all_interfaces(host_, protocols);
  const std::string text = value_of(service, "inet_interfaces", Load::normal).text;
  if (text == "all") return {all, !host_.interfaces.empty(), true};
  Interfaces own;
  if (text == "loopback-only") {
    std::ranges::copy_if(all, std::back_inserter(own.networks), [](const mail::Network& network) {
      return network.address.is_loopback();
    });
    return own;
  }
  for (const std::string& host : hosts_of(text)) {
    const std::vector<mail::IpAddress> addresses = addresses_of(host);
    if (addresses.empty()) own.complete = false;
    for (const mail::IpAddress& address : addresses) {
      if (!allows(protocols, address)) continue;
      const auto known = std::ranges::find(all, address, &mail::Network::address);
      if (known == all.end()) own.has_prefixes = false;
      own.networks.push_back(known != all.end() ? *known : alone(address));
    }
  }
  return own;
}

std::string Config::networks_of(const Service* service) const {
  const std::string style = value_of(service, "mynetworks_style", Load::normal).text;
  return default_networks(interfaces_of(service).networks, style).value_or("");
}

Addresses Config::own_addresses() const {
  const Interfaces interfaces = interfaces_of(nullptr);
  Addresses own{{}, interfaces.complete};
  for (const mail::Network& network : interfaces.networks) add(network.address, own.addresses);
  for (const std::string& host : hosts_of(effective("proxy_interfaces").text)) {
    const std::vector<mail::IpAddress> addresses = addresses_of(host);
    if (addresses.empty()) own.complete = false;
    for (const mail::IpAddress& address : addresses) add(address, own.addresses);
  }
  return own;
}

Addresses Config::listens_at(const Service& service) const {
  Addresses at;
  if (!service.endpoint) return at;
  std::vector<mail::IpAddress> addresses;
  if (!service.endpoint->host.empty()) {
    addresses = addresses_of(service.endpoint->host);
    at.complete = !addresses.empty();
  } else if (equals_ignoring_case(effective("inet_interfaces").text, "all")) {
    addresses = {*mail::IpAddress::parse("0.0.0.0"), *mail::IpAddress::parse("::")};
  } else {
    const Interfaces interfaces = interfaces_of(nullptr);
    at.complete = interfaces.complete;
    for (const mail::Network& network : interfaces.networks) addresses.push_back(network.address);
  }
  const Protocols protocols = protocols_of(effective("inet_protocols").text).value_or(Protocols{});
  for (const mail::IpAddress& address : addresses) {
    if (allows(protocols, address)) add(address, at.addresses);
  }
  return at;
}

}  // namespace relayproof::postfix
