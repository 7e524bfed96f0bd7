// Who listens on this machine, as /proc and ss(8) show it. Read only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mail/ip_address.h"

namespace relayproof::cli {

/// A socket that takes connections on this machine.
struct Listening {
  mail::IpAddress address;  ///< unspecified: any
  std::uint16_t port = 0;
  pid_t process = 0;     ///< 0: not known
  std::string name;      ///< of the process: `docker-proxy`, `master`
  std::string command;   ///< its words, blanks between
  bool v6_only = false;  ///< on `::`, and takes no IPv4 client: as far as ss(8) tells
};
std::vector<Listening> listening_here();

/// Of what `ss -Hltn6` prints: ports where a socket on `[::]` takes no IPv4 client; one that does
/// stands there as `*`.
std::set<std::uint16_t> v6_only_ports(std::string_view told);

}  // namespace relayproof::cli
