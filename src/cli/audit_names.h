// What findings are called, for reports.
#pragma once

#include "report/audit.h"

namespace relayproof::cli {

report::FindingNames finding_names();

}  // namespace relayproof::cli
