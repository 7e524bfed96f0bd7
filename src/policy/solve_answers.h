// Lookups as languages: for which texts does a lookup give a result? Everywhere two answers, what
// is sure and what is possible, see patterns::Bounds.
#pragma once

#include "patterns/language.h"
#include "policy/shapes.h"
#include "policy/table.h"

namespace relayproof::policy {

/// Lookups with more literal keys are not made into languages.
inline constexpr std::size_t most_literals = 1000;

/// The texts (as a whole, not divided into parts) for which the lookup gives the result. `all` and
/// `none` as bounds where there are too many literal keys.
patterns::Bounds texts_finding(std::span<const Table> tables, const Lookup& lookup,
                               std::uint32_t result);

/// At least the texts for which a row of a pattern table, or one for everything, gives it.
patterns::Language texts_finding_by_pattern(std::span<const Table> tables, const Lookup& lookup,
                                            std::uint32_t result);

enum class Case : std::uint8_t { any, exact };
patterns::Language language_of(const TextShape& shape, Case letters, bool with_at);
/// The members of a shape.
patterns::Language language_of(const Shape& shape, Case letters);

/// Any bytes; any but @.
patterns::Language anything();
patterns::Language without_at();

}  // namespace relayproof::policy
