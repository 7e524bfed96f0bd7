// The real network.
#pragma once

#include <memory>
#include <optional>

#include "net/loop.h"
#include "net/network.h"

namespace relayproof::net {

struct NetworkOptions {
  /// Ask this DNS server only (no hosts file, no search list); nullopt: as the system does.
  std::optional<Endpoint> resolver;
};

/// The loop must outlive the network. A failure names what could not be set up.
Result<std::unique_ptr<Network>> system_network(Loop& loop, NetworkOptions options);

}  // namespace relayproof::net
