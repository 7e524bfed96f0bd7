// Which lines of a configuration were understood.
#pragma once

#include <vector>

#include "dialects/dialect.h"
#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// Every logical line, with what became of it.
std::vector<dialects::CoveredLine> coverage(const Lowering& of);

}  // namespace relayproof::exim
