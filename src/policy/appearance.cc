#include "policy/appearance.h"

namespace relayproof::policy {
namespace {

mail::IpSet mapped() { return mail::IpSet::of(*mail::Network::parse("::ffff:0:0/96")); }

mail::IpSet with_mapped_as_neighbours(const mail::IpSet& set) {
  const auto before = mail::IpAddress::parse("::fffe:ffff:ffff");
  const auto behind = mail::IpAddress::parse("::1:0:0:0");
  const bool both = set.contains(*before) && set.contains(*behind);
  return both ? set | mapped() : set - mapped();
}

}  // namespace

mail::IpAddress seen_at(const Door& door, const mail::IpAddress& client) {
  for (const auto& seen : door.seen) {
    if (seen.clients.contains(client)) return seen.as.unmapped();
  }
  return client.unmapped();
}

mail::IpSet behind(const Door& door, const mail::IpSet& seen) {
  mail::IpSet direct = door.clients;
  mail::IpSet result;
  for (const auto& entry : door.seen) {
    const auto here = direct & entry.clients;
    if (seen.contains(entry.as.unmapped())) result = result | here;
    direct = direct - here;
  }
  return with_mapped_as_neighbours(result | (direct & seen)) & door.clients;
}

}  // namespace relayproof::policy
