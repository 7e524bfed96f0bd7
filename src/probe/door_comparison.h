// What the answers of a door say of another one.
#pragma once

#include "probe/observation.h"

namespace relayproof::probe {

/// "TLS first" to everything: what it does about relaying is decided behind STARTTLS.
bool only_wants_tls(const DoorResult& door);
/// Without TLS it answered, and offered it.
bool offers_starttls(const DoorResult& door);
/// What was asked at both is answered differently. More refusals than the first door are no
/// difference that could let something through.
bool differs(const DoorResult& door, const DoorResult& first);

}  // namespace relayproof::probe
