// Messages that prove relaying: how they are made, and whether they came back.
#pragma once

#include <vector>

#include "net/network.h"
#include "probe/battery.h"
#include "probe/run.h"

namespace relayproof::probe {

/// Finds the canary of the plan and asks whether it has our key; nullopt if all is well.
net::Task<std::optional<Error>> find_canary(net::Network& network, Plan& plan);

/// How messages are made for this door.
Delivery delivery_for(const Plan& plan, const Target& target, const std::string& our_helo,
                      const net::Clock& clock);

/// Asks the canary until all that was sent has come, or the time is up; then judges the doors
/// anew. A door without messages stays as it is.
net::Task<void> wait_for_arrivals(net::Network& network, const Plan& plan,
                                  std::vector<DoorResult>& doors);

}  // namespace relayproof::probe
