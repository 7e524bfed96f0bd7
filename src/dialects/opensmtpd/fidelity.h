// How often the model was held against the real smtpd.
#pragma once

#include <string_view>

namespace relayproof::opensmtpd {

// What tests/lab/fidelity_opensmtpd found last; `run --record` writes the file.
inline constexpr std::string_view fidelity =
#include "dialects/opensmtpd/fidelity.inc"
    ;

}  // namespace relayproof::opensmtpd
