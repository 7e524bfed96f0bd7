// What `nft list ruleset` prints: tables with chains of type nat.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "deployment/deployment.h"

namespace relayproof::deployment {

/// Adds every table that has a chain of type nat, or chains such a one jumps to. A condition that
/// is not followed makes its rule uncertain. Fails where braces do not match.
Result<bool> read_nft(std::string_view text, const std::string& file, Deployment& to);

}  // namespace relayproof::deployment
