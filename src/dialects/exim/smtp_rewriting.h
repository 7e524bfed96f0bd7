// Rewriting rules with the flag S: what they make of the argument of MAIL and RCPT before it is
// read (specification, section 31.9).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dialects/exim/addresses.h"
#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// All of them, one after the other; empty: there is none. A rule that is not followed is noted, so
/// that nothing is decided, and left out.
std::function<std::string(std::string_view wire)> smtp_rewriting(Lowering& to,
                                                                 const AddressRules& rules);

}  // namespace relayproof::exim
