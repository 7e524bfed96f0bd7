// Sendmail among the dialects.
#pragma once

#include "dialects/dialect.h"

namespace relayproof::dialects::sendmail {

extern const Dialect dialect;

}  // namespace relayproof::dialects::sendmail
