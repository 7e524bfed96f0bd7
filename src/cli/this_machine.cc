#include "cli/this_machine.h"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstring>

namespace relayproof::cli {
namespace {

// The name that `hostname --fqdn` shows; the bare one if the resolver knows no longer one.
std::optional<std::string> full_name() {
  std::array<char, 256> bare{};
  if (::gethostname(bare.data(), bare.size() - 1) != 0) return std::nullopt;
  addrinfo hints{};
  hints.ai_flags = AI_CANONNAME;
  addrinfo* found = nullptr;
  std::string name = bare.data();
  if (::getaddrinfo(bare.data(), nullptr, &hints, &found) == 0) {
    if (found->ai_canonname != nullptr) name = found->ai_canonname;
    ::freeaddrinfo(found);
  }
  return name;
}

unsigned ones(const unsigned char* bytes, std::size_t count) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += static_cast<unsigned>(std::popcount(bytes[i]));
  }
  return sum;
}

std::optional<mail::Network> network_of(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || entry.ifa_netmask == nullptr) return std::nullopt;
  if (entry.ifa_addr->sa_family == AF_INET) {
    std::array<std::uint8_t, 4> bytes{};
    const auto* address = reinterpret_cast<const sockaddr_in*>(entry.ifa_addr);
    const auto* mask = reinterpret_cast<const sockaddr_in*>(entry.ifa_netmask);
    std::memcpy(bytes.data(), &address->sin_addr, bytes.size());
    return mail::Network{mail::IpAddress::v4(bytes),
                         ones(reinterpret_cast<const unsigned char*>(&mask->sin_addr), 4)};
  }
  if (entry.ifa_addr->sa_family == AF_INET6) {
    std::array<std::uint8_t, 16> bytes{};
    const auto* address = reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr);
    const auto* mask = reinterpret_cast<const sockaddr_in6*>(entry.ifa_netmask);
    std::memcpy(bytes.data(), &address->sin6_addr, bytes.size());
    return mail::Network{mail::IpAddress::v6(bytes),
                         ones(reinterpret_cast<const unsigned char*>(&mask->sin6_addr), 16)};
  }
  return std::nullopt;
}

std::vector<mail::Network> networks_here() {
  std::vector<mail::Network> networks;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return networks;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (auto network = network_of(*entry)) networks.push_back(*network);
  }
  ::freeifaddrs(first);
  return networks;
}

}  // namespace

dialects::Host completed_by_this_machine(dialects::Host given) {
  if (!given.hostname) given.hostname = full_name();
  if (given.interfaces.empty()) given.interfaces = networks_here();
  return given;
}

}  // namespace relayproof::cli
