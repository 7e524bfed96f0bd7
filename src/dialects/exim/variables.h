// $names: what they stand for where they are asked.
#pragma once

#include <string>
#include <string_view>

#include "dialects/exim/expand.h"

namespace relayproof::exim {

/// What `$name` expands to.
Text variable(Lowering& to, std::string_view name, const Scope& scope);

/// The text with what the expression finds replaced, as `${sg` does: $1 and so on of the
/// replacement are captures.
std::string substituted(const patterns::Pattern& pattern, std::string_view replacement,
                        std::string_view text);

}  // namespace relayproof::exim
