// What observations mean. The prober's reasoning stands here and in refusal.h, as
// tables.
#pragma once

#include "probe/observation.h"

namespace relayproof::probe {

/// Sets counts_as of each outcome, then verdict and reason of the door.
void judge(DoorResult& door);

/// Sets verdict, evidence, reason and weakness of the run from its doors.
void judge(Run& run);

}  // namespace relayproof::probe
