// A deployment changes the doors of a policy: who comes in, and who appears as whom.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "deployment/deployment.h"
#include "policy/policy.h"

namespace relayproof::deployment {

struct ApplyOptions {
  std::string container;                  ///< the server's; empty: found by its ports and image
  std::vector<mail::Network> interfaces;  ///< of a server outside of containers
};

struct Applied {
  std::string container;    ///< the server's; empty: it runs in none
  std::string front;        ///< the container that takes its connections, if another does
  std::vector<Note> notes;  ///< what had to be taken for granted
};

/// Writes `seen` and `clients` of every door that more than loopback reaches. Where the files leave
/// open under which of several addresses clients appear, and that makes a difference, a decisive
/// note says so. Fails if it cannot be told which container is the server.
Result<Applied> apply(const Deployment& deployment, const ApplyOptions& options,
                      policy::Policy& policy);

/// The addresses that the server's container has, with their networks, for what its configuration
/// takes from its interfaces; empty where the files do not say.
std::vector<mail::Network> interfaces_of(const Deployment& deployment, const ApplyOptions& options,
                                         const policy::Policy& policy);

}  // namespace relayproof::deployment
