// OpenSMTPD among the dialects.
#pragma once

#include "dialects/dialect.h"

namespace relayproof::dialects::opensmtpd {

extern const Dialect dialect;

}  // namespace relayproof::dialects::opensmtpd
