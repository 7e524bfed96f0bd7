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

}  // namespace relayproof::probe
