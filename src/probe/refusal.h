// What a refusal says about relaying: the second half of the judge's table. The first half, what a
// reply is about, is classify.h.
#pragma once

#include "probe/observation.h"

namespace relayproof::probe {

enum class Refusal {
  settles,           ///< no relay by this form
  needs_postmaster,  ///< settles unless its own postmaster is refused as well: of us, then
  ambiguous,         ///< settles only if postmaster was taken and the unknown mailbox refused
  says_nothing,
};

/// By its class alone.
Refusal meaning_of(RefusedAs refused_as);
/// By class, stage and words. The outcome was refused or deferred.
Refusal meaning_of(const Outcome& outcome);

/// The server looked at the domain outside and found that it takes no mail: it got further than a
/// server that does not relay.
bool blames_the_domain(const Outcome& outcome);

/// RFC 6409 and RFC 8314: a port for people with a password.
bool is_submission(std::uint16_t port);

/// Refuses all without a password, its own postmaster's mail included.
bool refuses_all_without_password(const DoorResult& door);

}  // namespace relayproof::probe
