// Exchange's receive connectors as a dialect.
#pragma once

#include "dialects/dialect.h"

namespace relayproof::dialects::exchange {

extern const Dialect dialect;

}  // namespace relayproof::dialects::exchange
