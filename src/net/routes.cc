#include "net/routes.h"

#include <ifaddrs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/failure_of.h"
#include "net/sockaddr.h"

namespace relayproof::net {
namespace {

tl::unexpected<IoFailure> no_source(int number) {
  IoFailure failure = failure_of_errno(number);
  // A kernel whose IPv6 is switched off says this instead of "network is unreachable".
  if (number == EADDRNOTAVAIL) failure.kind = Failure::unreachable;
  return tl::unexpected<IoFailure>(std::move(failure));
}

IoResult<mail::IpAddress> local_end_towards(int descriptor, const mail::IpAddress& target) {
  // A datagram socket only looks up the route when it is connected. The port is of no account.
  const SocketAddress there = socket_address(target, 25);
  if (::connect(descriptor, there.get(), there.size) != 0) return no_source(errno);
  SocketAddress here{};
  here.size = sizeof here.storage;
  auto* storage = reinterpret_cast<sockaddr*>(&here.storage);
  if (::getsockname(descriptor, storage, &here.size) != 0) return no_source(errno);
  const auto address = address_of(here.get());
  if (!address) return no_source(EAFNOSUPPORT);
  return *address;
}

}  // namespace

IoResult<mail::IpAddress> route_source(const mail::IpAddress& target) {
  const int family = target.is_v6() ? AF_INET6 : AF_INET;
  const int descriptor = ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return no_source(errno);
  IoResult<mail::IpAddress> result = local_end_towards(descriptor, target);
  ::close(descriptor);
  return result;
}

std::vector<mail::IpAddress> interface_addresses() {
  std::vector<mail::IpAddress> addresses;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const auto address = address_of(entry->ifa_addr);
    if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) {
      addresses.push_back(*address);
    }
  }
  ::freeifaddrs(list);
  return addresses;
}

}  // namespace relayproof::net
