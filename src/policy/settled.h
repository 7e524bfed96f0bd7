// Conditions on rewritten texts that always say the same.
#pragma once

#include <optional>

#include "policy/policy.h"
#include "policy/solve.h"

namespace relayproof::policy {

/// What the condition, which shall hold or not, says of whatever its subject's rewritings give:
/// true if it always does, false if it never does, nullopt if that is not known.
std::optional<bool> settled(const Policy& policy, const Wanted& wanted);

}  // namespace relayproof::policy
