// What a script leaves open, in a policy: strangers that relay only if it goes one way.
#pragma once

#include "dialects/postfix/config.h"
#include "mail/ip_set.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// Who can relay from outside at some door, whatever is hidden; the host's own addresses are none.
mail::IpSet strangers_who_relay(const policy::Policy& policy, const mail::IpSet& own);

/// From here on every answer hangs on this: where it is so, nobody is served.
void hang_on(policy::Policy& policy, const Unread& doubt);

}  // namespace relayproof::postfix
