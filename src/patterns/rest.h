// What may follow a part of a pattern, by what stands before that place.
#pragma once

#include <cstddef>
#include <vector>

#include "patterns/language.h"

namespace relayproof::patterns {

/// At 0 where the subject starts, then for each kind of byte that the pattern tells apart. Places
/// that are alike share one node, so that what is computed from them stays small.
using Rest = std::vector<Language>;

/// True if the places from `from` on share one node.
bool same_everywhere(const Rest& rest, std::size_t from);

// Place by place.
Rest both(const Rest& a, const Rest& b);
Rest any_of(const std::vector<Rest>& choices);  ///< of at least one
Rest negated(const Rest& rest);

}  // namespace relayproof::patterns
