// The export as a policy: doors, what each connector asks, what becomes of a recipient.
#pragma once

#include <vector>

#include "dialects/exchange/config.h"
#include "policy/policy.h"

namespace relayproof::exchange {

struct Lowered {
  policy::Policy policy;
  std::vector<dialects::Assumption> assumptions;
};

Lowered lower(const Export& all, const dialects::Host& host);

}  // namespace relayproof::exchange
