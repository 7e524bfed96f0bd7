// The filters of a listener as stages: what smtpd decides itself, and what it asks programs.
#pragma once

#include <vector>

#include "dialects/opensmtpd/scope.h"

namespace relayproof::opensmtpd {

/// In the order of the session; at each moment the filters run in the order of the chain, before
/// anything else (lka_filter.c).
std::vector<policy::Stage> lower_filters(Scope& scope, const Listen& listen);

}  // namespace relayproof::opensmtpd
