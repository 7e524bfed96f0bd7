// Findings about clients whom the server sees under another address than their own.
#pragma once

#include "questions/audit.h"

namespace relayproof::questions {

/// RP2019 where strangers relay because of it, RP2020 where they only lose their address.
void add_lost_addresses(const dialects::Loaded& loaded, const AuditedDoor& audited,
                        const policy::Door& door, std::vector<Finding>& to);

/// `every client`, `every IPv6 client`, or which: strangers only.
std::string strangers_in_words(const mail::IpSet& clients);

/// The line that trusts the address under which these clients appear at the door; nullptr if none
/// does alone.
const policy::Origin* trusting_line(const policy::Policy& policy, const AuditedDoor& audited,
                                    const policy::Door& door, const policy::Door::Seen& seen);

}  // namespace relayproof::questions
