// Which domains the configuration answers for, and which names it mentions at all.
#pragma once

#include "dialects/opensmtpd/scope.h"

namespace relayproof::opensmtpd {

/// Writes Policy::answers_for, premises and owned_names: the machine's own names, and those that
/// rules for the world, and for delivery here, write out.
void lower_responsibility(Scope& scope);

}  // namespace relayproof::opensmtpd
