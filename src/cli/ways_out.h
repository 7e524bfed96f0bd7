// What would close a server that is open: edits of its configuration, and of what stands before it,
// each of them proved.
#pragma once

#include <optional>
#include <vector>

#include "cli/past_use.h"
#include "report/check.h"

namespace relayproof::cli {

/// Adds what closes this one, which is open; nothing if no way was found in a few seconds. `use`
/// names those who would lose by it.
void add_ways_out(const FoundInstance& instance, const InsideArguments& arguments,
                  const std::optional<PastUse>& use, std::vector<report::WayOut>& to);

}  // namespace relayproof::cli
