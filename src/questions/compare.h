// Which attempts two configurations decide differently, door by door.
#pragma once

#include <string>
#include <vector>

#include "policy/reach.h"
#include "questions/audit.h"

namespace relayproof::questions {

struct Change {
  std::string door;  ///< the listener's name
  std::uint16_t port = 0;
  policy::Difference difference;
};

struct Comparison {
  Verdict before = Verdict::undecided;
  Verdict after = Verdict::undecided;
  std::vector<Change> changes;
  std::vector<std::string> only_before;  ///< doors that are gone
  std::vector<std::string> only_after;
  std::vector<std::string> limits;  ///< why not all can be compared; empty: all was

  bool same() const {
    return changes.empty() && only_before.empty() && only_after.empty() && limits.empty();
  }
};

/// Doors are the same if their port and the addresses they listen on are; their clients are all but
/// the trusted.
Comparison compare(const dialects::Loaded& before, const dialects::Loaded& after,
                   const AuditOptions& options);

}  // namespace relayproof::questions
