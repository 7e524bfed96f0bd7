// How often the model was held against the real Exim.
#pragma once

#include <string_view>

namespace relayproof::exim {

// What tests/lab/fidelity_exim found last; `run --record` writes the file.
inline constexpr std::string_view fidelity =
#include "dialects/exim/fidelity.inc"
    ;

}  // namespace relayproof::exim
