// Addresses as the C library wants them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>

#include "mail/ip_address.h"

namespace relayproof::net {

struct SocketAddress {
  sockaddr_storage storage;
  socklen_t size;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const mail::IpAddress& address, std::uint16_t port);

/// nullopt for nullptr and for what is neither IPv4 nor IPv6.
std::optional<mail::IpAddress> address_of(const sockaddr* address);

}  // namespace relayproof::net
