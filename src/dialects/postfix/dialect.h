// Postfix among the dialects.
#pragma once

#include <string>

#include "dialects/dialect.h"

namespace relayproof::dialects::postfix {

extern const Dialect dialect;

/// The path as seen from the folder, if it lies in it.
std::string relative(const std::string& path, const std::string& folder);

}  // namespace relayproof::dialects::postfix
