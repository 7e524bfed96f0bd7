// The ways from outside to a listener: ports, who can reach them, who may speak for others.
#pragma once

#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/restriction_scope.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// The door that an inet service opens to listener number `listener`, which may be another service
/// behind it (postscreen). Its addresses and port are added to the listener. None if the port's
/// number is not known; a note says so.
std::vector<policy::Door> open_doors(SharedLowering& shared, const Service& inet,
                                     const ServiceLowering& behind, policy::Listener& listener,
                                     std::size_t index);

}  // namespace relayproof::postfix
