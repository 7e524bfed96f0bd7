// Asks a program of this machine, without a shell, and waits no longer than it is worth.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace relayproof::cli {

/// What it prints on standard output, at most 16 MiB. Its standard input is empty, its errors go
/// nowhere. Fails if it cannot be started, ends with a status that is not 0, or takes longer.
Result<std::string> ask_program(const std::vector<std::string>& words,
                                std::chrono::milliseconds patience = std::chrono::seconds(10),
                                const std::string& input = {});

}  // namespace relayproof::cli
