// Connections by way of a SOCKS 5 proxy: another place to ask from.
#pragma once

#include <memory>
#include <vector>

#include "net/network.h"
#include "net/socks.h"

namespace relayproof::net {

struct Proxy {
  std::vector<Endpoint> at;  ///< its addresses, tried in this order; one at least
  SocksLogin login;
};

/// Connects through the proxy, and asks `inner` for everything else. Whoever is connected to sees
/// an address of the proxy: that is what source_towards() and local_address() tell, as far as it is
/// known, and no address of this machine is an own one any more. `inner` must outlive it.
std::unique_ptr<Network> through_proxy(Network& inner, Proxy proxy);

}  // namespace relayproof::net
