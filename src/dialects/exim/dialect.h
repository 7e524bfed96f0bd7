// Exim among the dialects.
#pragma once

#include "dialects/dialect.h"

namespace relayproof::dialects::exim {

extern const Dialect dialect;

}  // namespace relayproof::dialects::exim
