// Findings that follow from the answer of an audit, whatever the dialect.
#pragma once

#include "questions/audit.h"

namespace relayproof::questions {

/// Adds them to audit.findings, and sorts those: worst first, then by place; each once.
void add_consequences(const dialects::Loaded& loaded, Audit& audit);

}  // namespace relayproof::questions
