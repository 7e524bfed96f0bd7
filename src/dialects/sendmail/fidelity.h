// How often the model was held against the real Sendmail.
#pragma once

#include <string_view>

namespace relayproof::sendmail {

// What tests/lab/fidelity_sendmail found last; `run --record` writes the file.
inline constexpr std::string_view fidelity =
#include "dialects/sendmail/fidelity.inc"
    ;

}  // namespace relayproof::sendmail
