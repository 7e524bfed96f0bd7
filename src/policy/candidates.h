// Texts that solve() tries: plausible ones, since witnesses are shown to people, and fresh ones,
// which no key mentions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/shapes.h"

namespace relayproof::policy {

/// A label that stands in no table, as far as one can hope; see is_fresh(). It has no delimiter of
/// extensions in it.
inline constexpr std::string_view fresh_label = "relayproofq7x2vz";

/// True if no part of the key was made up by representatives().
bool is_fresh(std::string_view key);

/// True if the text has a domain that does not exist: nobody can use it.
bool is_made_up(std::string_view text);

/// What one would try first for this field, best first.
std::vector<std::string> plausible_texts(Field field);

/// Members of the shape, plausible ones first. Of the last one every part that is free is made of
/// fresh labels, and the domain, if it is free, has at least three labels before what is fixed.
std::vector<std::string> representatives(const Shape& shape, Field field);

}  // namespace relayproof::policy
