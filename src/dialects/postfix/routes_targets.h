// Where a row of a rewriting table leads: an effect in a route.
#pragma once

#include <vector>

#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/policy_builder.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// The targets of a pattern row's result, each with its holes: the text between commas and blanks
/// that stand outside quotes. A result that begins with `@` gets the recipient's local part.
std::vector<policy::Transform> targets_of(const ResultTemplate& result,
                                          std::optional<std::size_t> pattern);

/// Results for the rows of canonical_maps, virtual_alias_maps and their like: rows without holes
/// are read when they are found, those with holes become transforms. `extends`: an extension that
/// the key has not is carried over.
ResultOf rewriting_to(PolicyBuilder& builder, policy::ListId then, bool extends);

/// propagate_unmatched_extensions names it: `canonical`, `virtual` or `alias`.
bool propagates_extensions(const Config& config, std::string_view feature);

}  // namespace relayproof::postfix
