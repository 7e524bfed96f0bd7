// A configuration becomes a policy: listeners with their ACLs, the route, the doors, and for whom
// the server answers.
#pragma once

#include <string>
#include <vector>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// Writes into the lowering's policy.
void lower(Lowering& to);

}  // namespace relayproof::exim
