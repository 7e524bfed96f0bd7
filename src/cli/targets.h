// The targets of a probe, from the command line and from a file.
#pragma once

#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/scope.h"
#include "cli/target_queue.h"

namespace relayproof::cli {

/// One target a line; blank lines and what follows `#` do not count. An error names the line.
/// Networks, and addresses if there is a scope, have to lie in it; `scope` may be null.
Result<TargetList> parse_targets(std::string_view text, const std::string& file,
                                 const Scope* scope);

/// All targets of the command line, then those of the file.
Result<TargetList> collect_targets(const Arguments& arguments, const Scope* scope);

}  // namespace relayproof::cli
