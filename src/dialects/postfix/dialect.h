// Postfix among the dialects.
#pragma once

#include "dialects/dialect.h"

namespace relayproof::dialects::postfix {

extern const Dialect dialect;

}  // namespace relayproof::dialects::postfix
