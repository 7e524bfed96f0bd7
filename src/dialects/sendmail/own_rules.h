// Rules that the owner wrote himself: whether they can let a relay through.
#pragma once

#include <string>
#include <string_view>

namespace relayproof::sendmail {

/// Where a rule of the owner's stands.
struct OwnRule {
  std::string set;   ///< the rule set: `Local_check_rcpt`
  std::string text;  ///< the line behind `R`
};

/// Why it may change who relays; empty if it cannot: its set is not asked then, or it only refuses.
std::string why_it_matters(const OwnRule& rule);

}  // namespace relayproof::sendmail
