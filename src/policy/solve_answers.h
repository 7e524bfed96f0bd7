// Lookups as languages: for which texts does a lookup give a result? Everywhere two answers, what
// is sure and what is possible, see patterns::Bounds.
#pragma once

#include <span>
#include <vector>

#include "patterns/language.h"
#include "policy/shapes.h"
#include "policy/table.h"

namespace relayproof::policy {

/// Lookups with more literal keys are not made into languages of what is sure.
inline constexpr std::size_t most_literals = 1000;

/// The texts (as a whole, not divided into parts) for which the lookup gives the result.
patterns::Bounds texts_finding(std::span<const Table> tables, const Lookup& lookup,
                               std::uint32_t result);

/// The texts that some pattern row with the result possibly matches, of each of the first rows.
std::vector<patterns::Language> rows_finding(std::span<const Table> tables, const Lookup& lookup,
                                             std::uint32_t result, std::size_t limit);

enum class Case : std::uint8_t { any, exact };
patterns::Language language_of(const TextShape& shape, Case letters, bool with_at);
/// The members of a shape.
patterns::Language language_of(const Shape& shape, Case letters);

/// Any bytes; any but @.
patterns::Language anything();
patterns::Language without_at();

}  // namespace relayproof::policy
