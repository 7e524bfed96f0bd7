// What came back to a canary, as its log has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "canary/arrivals.h"

namespace relayproof::report {

/// One line of JSON, `relayproof/canary/1`.
std::string canary_json_line(const canary::Arrival& arrival);
/// One line for a person.
std::string canary_text_line(const canary::Arrival& arrival);
/// A line that canary_json_line() wrote; a failure says what is wrong with it.
Result<canary::Arrival> read_canary_line(std::string_view line);

}  // namespace relayproof::report
