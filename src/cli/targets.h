// The targets of a probe, from the command line and from a file.
#pragma once

#include <string_view>
#include <vector>

#include "cli/arguments.h"

namespace relayproof::cli {

/// One target a line; blank lines and what follows `#` do not count. An error names the line.
Result<std::vector<probe::TargetSpec>> parse_targets(std::string_view text,
                                                     const std::string& file);

/// All targets of the command line, then those of the file.
Result<std::vector<probe::TargetSpec>> collect_targets(const Arguments& arguments);

}  // namespace relayproof::cli
