// The networks that a container is in, and the addresses that its engine has there.
#pragma once

#include <string_view>
#include <vector>

#include "deployment/deployment.h"

namespace relayproof::deployment {

/// The driver of a network that no engine made: what is told of it is all there is.
inline constexpr std::string_view own_namespace = "namespace";

/// What the files say of the networks of one container, all taken together.
struct Bridges {
  mail::IpSet neighbours;  ///< their address ranges, or those the engine chooses from
  mail::IpSet addresses;   ///< the container's own, or its neighbours' if that is not known
  mail::IpSet gateways;    ///< the engine's: one of these
  std::string interface;   ///< the bridge's name, if there is one bridge and it is known
  bool bridged = true;     ///< false: it is in the host's own network (macvlan, ipvlan)
  bool routed_v4 = false;
  bool routed_v6 = false;
  bool guessed = false;              ///< some network's range is not in the files
  std::optional<bool> ipv6 = false;  ///< some network has IPv6; nullopt: the files do not say
};

Bridges bridges_of(const Deployment& deployment, const Container& container);

}  // namespace relayproof::deployment
