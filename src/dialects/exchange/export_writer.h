// An export as it would be after commands were run: what proves a remedy is reading it again.
#pragma once

#include <string>

#include "dialects/exchange/config.h"

namespace relayproof::exchange {

/// What of the export came from this file, as JSON that reads as the same again.
std::string write_file(const Export& all, const std::string& file);

}  // namespace relayproof::exchange
