// Names of clients below the server's own domains by which rules let somebody pass. That no
// stranger has such a confirmed name is the owner's to know: it is a premise of every *closed*.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"

namespace relayproof::questions {

/// The names, in order and without repetition, of the rows that a listener's rules permit or run
/// lists by; for a pattern, which may match such a name, `a pattern of pcre:/etc/postfix/clients`.
std::vector<std::string> permitted_own_names(const policy::Policy& policy,
                                             const policy::Listener& listener);

}  // namespace relayproof::questions
