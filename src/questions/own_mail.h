// Mail to the server's own domains: what of it is taken by right, and what only through the hole
// that lets strangers relay.
#pragma once

#include <optional>

#include "policy/attempt.h"
#include "policy/decide.h"
#include "policy/policy.h"

namespace relayproof::questions {

/// The lines without which strangers could not relay at this door.
policy::Suppressed hole_of(const policy::Policy& policy, const policy::Door& door);

/// An attempt like this one to one of the domains which `before` answers for, that is delivered
/// here or taken without the hole, and is not taken afterwards: neither here nor, if this is
/// another port, at port 25. Nullopt: what is taken no longer was taken through the hole only, such
/// as mail to the server's own name where it is no destination. Domains beyond the first thousand
/// are not tried.
std::optional<policy::Attempt> own_mail_lost(const policy::Policy& before, const policy::Door& door,
                                             const policy::Suppressed& hole,
                                             const policy::Policy& after,
                                             const policy::Door& door_after,
                                             const policy::Attempt& like);

}  // namespace relayproof::questions
