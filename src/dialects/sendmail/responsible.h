// Which domains a configuration answers for, and which names it mentions.
#pragma once

#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

/// Fills in Policy::answers_for, owned_names. A domain is answered for if class w or R, or a row
/// `To:... RELAY`, has it written out and no stranger can register a name below it, or if it is the
/// host's own name or literal.
void lower_responsibility(Scope& scope);

}  // namespace relayproof::sendmail
