// Texts that are tried before anything is searched or excluded: most questions have an answer among
// them.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"

namespace relayproof::policy {

/// Of the field, best first, each of which can be sent and is a stranger's to choose: plausible
/// ones, some of domains that the server answers for, keys of tables, spellings that name another
/// domain inside, and texts that a pattern with captures rewrites to an address outside. At most
/// some hundred, however large the tables are.
std::vector<std::string> seeds(const Policy& policy, Field field);

}  // namespace relayproof::policy
