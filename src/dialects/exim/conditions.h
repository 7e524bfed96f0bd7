// The conditions of `${if …}` (specification, section 11.7).
#pragma once

#include <optional>
#include <string_view>

#include "dialects/exim/expand.h"

namespace relayproof::exim {

/// Where the condition at the start of the text ends; npos if that cannot be said.
std::size_t condition_end(std::string_view text);

/// What `match{…}{…}` leaves in $1 and so on, if this is such a condition about one part of the
/// attempt.
std::optional<Captured> captured_by(Lowering& to, std::string_view condition, const Scope& scope);

}  // namespace relayproof::exim
