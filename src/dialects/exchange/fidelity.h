// What the model was held against. Exchange does not run on Debian: no daemon was asked.
#pragma once

#include <string_view>

namespace relayproof::exchange {

inline constexpr std::string_view fidelity =
    "not held against a running server, which this system has none of: 89 cases derived from "
    "Microsoft's documentation are decided as it says, each with its page";

}  // namespace relayproof::exchange
