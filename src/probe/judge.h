// What observations mean. All of the prober's reasoning stands here and in judge.cc, as tables.
#pragma once

#include "probe/observation.h"

namespace relayproof::probe {

/// Sets counts_as of each outcome, then verdict and reason of the door.
void judge(DoorResult& door);

/// Sets verdict, evidence, reason and weakness of the run from its doors.
void judge(Run& run);

/// What a refusal says about relaying by this form.
enum class Refusal {
  settles,    ///< no relay by this form
  ambiguous,  ///< settles only where the controls show that the server tells its own from others
  says_nothing,
};
Refusal meaning_of(RefusedAs refused_as);

}  // namespace relayproof::probe
