// Sets of clients that relay, each with an attempt that shows it.
#pragma once

#include <vector>

#include "policy/reach.h"
#include "policy/witness.h"

namespace relayproof::policy {

/// Adds exposures to `reach` until each of `clients`, who are real ones, has its own, at most eight
/// and one for the rest. Those whose attempt decide() does not confirm are told in `reach.broken`
/// and returned.
mail::IpSet add_exposures(const WitnessGround& from, const ReachOptions& options,
                          const mail::IpSet& clients, bool surely, Reach& reach);

}  // namespace relayproof::policy
