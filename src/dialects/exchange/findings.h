// What is worth telling of an export, besides who may relay.
#pragma once

#include <vector>

#include "base/finding.h"
#include "dialects/exchange/config.h"

namespace relayproof::exchange {

/// More addresses of strangers than an owner's own networks have, most likely.
bool holds_strangers(const mail::IpSet& clients);

std::vector<Finding> findings(const Export& all);

}  // namespace relayproof::exchange
