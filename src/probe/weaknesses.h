// What a door showed besides relaying.
#pragma once

#include <vector>

#include "probe/observation.h"

namespace relayproof::probe {

/// Of a door that was asked, each code once.
std::vector<Weakness> weaknesses_of(const DoorResult& door);

}  // namespace relayproof::probe
