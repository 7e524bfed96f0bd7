// The words that smtpd.conf(5) keeps for itself: unquoted, they cannot be names.
#pragma once

#include <string_view>

#include "dialects/opensmtpd/config.h"

namespace relayproof::opensmtpd {

/// True if smtpd reads this bare word as a keyword (lookup() in parse.y of 6.8, and of 6.0 for the
/// old grammar). Words that only some versions keep are not.
bool is_keyword(std::string_view word, Config::Grammar grammar);

}  // namespace relayproof::opensmtpd
