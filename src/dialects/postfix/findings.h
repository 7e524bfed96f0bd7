// What is worth telling about a Postfix configuration beside the answer who may relay: mistakes,
// traps, and lines from which it is one step to an open relay. Codes and pages: docs/findings.
#pragma once

#include <vector>

#include "base/finding.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/table_shelf.h"

namespace relayproof::postfix {

/// One finding for each code and place, the gravest of several; in no particular order. Looks at
/// services that are not disabled, and opens tables through the shelf.
std::vector<Finding> findings(const Config& config, TableShelf& shelf);

}  // namespace relayproof::postfix
