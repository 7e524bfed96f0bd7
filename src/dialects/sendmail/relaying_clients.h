// Relay_ok: who may relay by the client's address, its confirmed name, or what is said to be the
// sender.
#pragma once

#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

/// Adds its rules to the list, in the order of Sendmail's.
void lower_relaying_clients(Scope& scope, policy::ListId list);

}  // namespace relayproof::sendmail
