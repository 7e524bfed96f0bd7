// The two families of syntax behind parse(): see syntax.h for what their results mean.
#pragma once

#include <optional>
#include <string_view>

#include "patterns/syntax.h"

namespace relayproof::patterns {

/// pcre2pattern(3), without UTF.
std::optional<Parsed> parse_pcre(std::string_view pattern, const Options& options);

/// regex(7) as glibc reads it, with its own operators (`\w`, `\<`, `\+` ...), in the C locale.
std::optional<Parsed> parse_posix(std::string_view pattern, bool extended, const Options& options);

}  // namespace relayproof::patterns
