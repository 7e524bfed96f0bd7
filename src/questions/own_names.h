// Clients that pass by a confirmed name below the server's own domains. That no stranger has such a
// name is the owner's to know: a premise of a *closed* that relies on it.
#pragma once

#include <optional>
#include <string>

#include "policy/policy.h"
#include "policy/reach.h"

namespace relayproof::questions {

/// A confirmed name below answers_for with which a client relays that does not relay without
/// (`reach` is the door's); nullopt if there is none. Looked for only if some rule lets clients
/// pass by such a name, since the door is decided once more for it.
std::optional<std::string> own_name_that_relays(const policy::Policy& policy,
                                                const policy::Door& door,
                                                const policy::Reach& reach);

}  // namespace relayproof::questions
