// How often the model was held against the real smtpd.
#pragma once

#include <string_view>

namespace relayproof::opensmtpd {

inline constexpr std::string_view fidelity = {};

}  // namespace relayproof::opensmtpd
