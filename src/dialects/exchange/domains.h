// Accepted domains: mail to them is taken from everybody.
#pragma once

#include "dialects/exchange/config.h"
#include "dialects/policy_builder.h"

namespace relayproof::exchange {

/// A name that strangers can have a domain at or below: `*`, `*.com`.
bool claims_others(const AcceptedDomain& domain);

/// What the rules ask of a recipient's domain.
struct Acceptance {
  policy::ConditionId here = 0;       ///< accepted, and delivered by this organisation
  policy::ConditionId elsewhere = 0;  ///< accepted, and handed on
};

/// Writes the tables, and which domains the policy answers for.
Acceptance lower_domains(const Export& all, dialects::PolicyBuilder& builder);

}  // namespace relayproof::exchange
