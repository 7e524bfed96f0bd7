// Documents that stand inside of other documents.
#pragma once

#include <nlohmann/json.hpp>

#include "report/audit.h"
#include "report/render.h"

namespace relayproof::report {

/// `relayproof/audit/1`.
nlohmann::ordered_json audit_document(const Audited& audited, const FindingNames& names);
/// `relayproof/probe-run/1`.
nlohmann::ordered_json run_document(const probe::Run& run, const Meta& meta);
/// One finding, as those documents have it.
nlohmann::ordered_json finding_document(const Finding& finding, const FindingNames& names);

}  // namespace relayproof::report
