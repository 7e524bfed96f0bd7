// Who is accepted, and who relays: one diagram each for all attempts at a listener.
#pragma once

#include <vector>

#include "policy/symbolic.h"

namespace relayproof::policy {

struct Formulas {
  Diagram accepted = Diagrams::nobody;
  Diagram relayed = Diagrams::nobody;
  /// Accepted for a recipient that the server answers for.
  Diagram taken = Diagrams::nobody;
};

/// What came before the recipient (others in the same message, the marks they left, an earlier
/// message) is written out as far as it can be of use to a stranger. `premises`: those that hold,
/// see Policy::premises.
Formulas formulas_of(Ground& ground, const std::vector<ConditionId>& premises);

}  // namespace relayproof::policy
