// Where results go: standard output, or a file that is written whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace relayproof::cli {

/// Writes to standard output if `path` is empty; else to a temporary file beside `path` that then
/// takes its name, so that nobody sees half a report.
Result<bool> write_output(const std::string& path, std::string_view content);

}  // namespace relayproof::cli
