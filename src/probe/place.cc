#include "probe/place.h"

#include <algorithm>

namespace relayproof::probe {

Place place_of(const mail::IpAddress& source, const mail::IpAddress& target,
               const std::vector<mail::IpAddress>& own_addresses) {
  const mail::IpAddress there = target.unmapped();
  const bool own =
      std::find(own_addresses.begin(), own_addresses.end(), there) != own_addresses.end();
  if (own || there.is_loopback() || there == source.unmapped()) return Place::same_machine;
  if (there.is_private() && source.unmapped().is_private()) return Place::private_network;
  return Place::stranger;
}

bool same_private_network(const mail::IpAddress& source, const mail::IpAddress& seen_as) {
  const mail::IpAddress here = source.unmapped();
  const mail::IpAddress seen = seen_as.unmapped();
  if (!here.is_private() || here.family() != seen.family()) return false;
  return mail::Network{here, here.is_v6() ? 64U : 24U}.contains(seen);
}

}  // namespace relayproof::probe
