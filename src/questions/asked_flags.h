// Which flags of an attempt the rules of a listener ask for at all.
#pragma once

#include "policy/policy.h"

namespace relayproof::questions {

/// True if a rule that the listener's stages can reach asks for it, in whatever combination. Where
/// a table's rows run lists, all lists that any row runs count.
bool asks_for(const policy::Policy& policy, const policy::Listener& listener, policy::Flag flag);

}  // namespace relayproof::questions
