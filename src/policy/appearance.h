// Who appears as whom at a door: real clients, and the addresses under which the server sees them.
#pragma once

#include "mail/ip_set.h"
#include "policy/policy.h"

namespace relayproof::policy {

/// As the server sees this client; an IPv4-mapped address as IPv4.
mail::IpAddress seen_at(const Door& door, const mail::IpAddress& client);

/// The real clients of the door whom the server sees as one of these. IPv4-mapped addresses, from
/// which nobody connects, belong to it if their neighbours on both sides do.
mail::IpSet behind(const Door& door, const mail::IpSet& seen);

}  // namespace relayproof::policy
