// Changes of a deployment after which a server may see its clients' own addresses.
#pragma once

#include <string>
#include <vector>

#include "deployment/deployment.h"

namespace relayproof::deployment {

/// A suggestion: it proves nothing.
struct Rearrangement {
  Written where;
  std::string says;   ///< `publish on IPv4 only`
  std::string costs;  ///< what ends with it; empty: nothing that is known
  Deployment after;
};

/// Those that make sense for this container, the least costly first. `container`: its name, as a
/// service or as it runs.
std::vector<Rearrangement> rearrangements(const Deployment& deployment,
                                          const std::string& container);

}  // namespace relayproof::deployment
