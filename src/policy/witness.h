// Concrete attempts for sets of clients: the plainest one that works, and for whom it works.
#pragma once

#include <optional>

#include "policy/attempt.h"
#include "policy/symbolic.h"
#include "policy/walk.h"

namespace relayproof::policy {

/// What witnesses are made of.
struct WitnessGround {
  Ground& ground;
  Choices& choices;
  Walk& walk;
  /// The attempts; without open questions, see surely().
  Diagram attempts = Diagrams::nobody;
  bool claims = false;  ///< the client names another client address
};

/// One attempt, made for one client.
struct Witness {
  Attempt attempt;
  mail::IpSet seen;  ///< addresses, as the server sees them, from which this very attempt works
  bool any_helo = false;
  bool any_sender = false;
  bool needs_name = false;
  bool complete = true;  ///< all its texts were found
};

/// For a client that the server sees as `seen`; the attempt's `client` is left to the caller.
/// nullopt if no attempt was found for it.
std::optional<Witness> witness_for(const WitnessGround& from, const mail::IpAddress& seen);

}  // namespace relayproof::policy
