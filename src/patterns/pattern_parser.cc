#include "patterns/flavours.h"
#include "patterns/syntax.h"

namespace relayproof::patterns {

std::optional<Parsed> parse(std::string_view pattern, Flavour flavour, const Options& options) {
  if (pattern.size() > longest_pattern) return std::nullopt;
  // A string of C to its engine.
  if (pattern.find('\0') != std::string_view::npos) return std::nullopt;
  if (flavour == Flavour::pcre) return parse_pcre(pattern, options);
  return parse_posix(pattern, flavour == Flavour::posix_extended, options);
}

}  // namespace relayproof::patterns
