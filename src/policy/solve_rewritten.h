// Rewritten texts: what a rewriting can give at all, and which texts it could make a given one of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/language.h"
#include "policy/policy.h"

namespace relayproof::policy {

/// At least the texts that these rewritings of any text give.
struct RewrittenRange {
  std::optional<std::vector<std::string>> texts;            ///< if they are few: all of them
  patterns::Language language = patterns::Language::all();  ///< else
  std::optional<std::vector<std::string>> domains;          ///< of the language, if they are few
};
RewrittenRange range_of(const Policy& policy, const std::vector<std::uint32_t>& via);

/// Texts that perhaps become `wanted` by these rewritings, at most `limit` or so; none of them was
/// tried. They are found where the first template takes what the pattern captures.
std::vector<std::string> captured_in(const Policy& policy, const std::vector<std::uint32_t>& via,
                                     std::string_view wanted, std::size_t limit);

/// Texts, if few or many, that the rewritings perhaps make `wanted` of: where a template copies a
/// part of the address, that part.
patterns::Language copied_from(const Policy& policy, const std::vector<std::uint32_t>& via,
                               std::string_view wanted);

/// The address within another, as relays used to be asked: `a%b@here`, `b!a@here`, `a@b@here`.
std::vector<std::string> nested(const Policy& policy, std::string_view address);

}  // namespace relayproof::policy
