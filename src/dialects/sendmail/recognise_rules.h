// What sendmail.cf says of itself: which stock features its rule sets are made of.
#pragma once

#include "dialects/sendmail/config.h"

namespace relayproof::sendmail {

/// From config.cf: features, maps, daemons, doubts, statements. Rules that are not the stock ones
/// become doubts.
void recognise_rules(Config& config);

}  // namespace relayproof::sendmail
