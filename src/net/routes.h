// What this machine knows of its own addresses and routes. Nothing is sent.
#pragma once

#include <vector>

#include "mail/ip_address.h"
#include "net/network.h"

namespace relayproof::net {

IoResult<mail::IpAddress> route_source(const mail::IpAddress& target);
std::vector<mail::IpAddress> interface_addresses();

}  // namespace relayproof::net
