// A run that another place printed, read back: what `json` writes, as far as reports and verdicts
// need it.
#pragma once

#include <string_view>

#include "base/result.h"
#include "probe/observation.h"

namespace relayproof::report {

/// The first run of a `relayproof/probe-run/1`. Texts and lists are bounded; what has not the form
/// of that document is a failure, never half a run.
Result<probe::Run> read_run(std::string_view document);

}  // namespace relayproof::report
