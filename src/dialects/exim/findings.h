// What is worth telling about a configuration of Exim besides who may relay.
#pragma once

#include <vector>

#include "base/finding.h"
#include "dialects/exim/lowering.h"

namespace relayproof::exim {

std::vector<Finding> findings(Lowering& of);

}  // namespace relayproof::exim
