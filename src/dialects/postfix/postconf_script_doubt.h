// What a script leaves open, in a policy: strangers that relay only if it goes one way.
#pragma once

#include <string>

#include "dialects/postfix/config.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// True if strangers can relay at some door, whatever is hidden.
bool relays_for_strangers(const policy::Policy& policy);

/// From here on every answer hangs on this: where it is so, nobody is served.
void hang_on(policy::Policy& policy, const Unread& doubt);

}  // namespace relayproof::postfix
