// From where a server was asked, and whether it may trust that place. An acceptance means little
// if the server knows the client as its own.
#pragma once

#include <vector>

#include "mail/ip_address.h"

namespace relayproof::probe {

enum class Place {
  stranger,         ///< nothing speaks for trust
  same_machine,     ///< the target is one of this machine's addresses, or loopback
  private_network,  ///< source and target are both in private address space
};

Place place_of(const mail::IpAddress& source, const mail::IpAddress& target,
               const std::vector<mail::IpAddress>& own_addresses);

/// The server says that it sees us in our own private network (a /24 or /64), though its address
/// may be a public one: a router in between hands us back inside.
bool same_private_network(const mail::IpAddress& source, const mail::IpAddress& seen_as);

}  // namespace relayproof::probe
