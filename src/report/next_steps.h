// What the operator can do next.
#pragma once

#include <string>
#include <vector>

#include "probe/observation.h"

namespace relayproof::report {

struct NextStep {
  std::string says;
  std::string command;  ///< for a shell; may be empty
};

/// Most useful first; empty if nothing is left to do from here.
std::vector<NextStep> next_steps(const probe::Run& run);
/// `says: command`.
std::string to_string(const NextStep& step);

}  // namespace relayproof::report
