// header_checks(5) and its like: what the lines of a message do to it.
#pragma once

#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// Set where FILTER hands the message on, whatever its recipients' own transport is.
std::uint32_t filtered_mark(PolicyBuilder& builder);
/// True if something can set it so far.
bool is_marked_as_filtered(const PolicyBuilder& builder);

/// Rules of a route for header_checks, mime_header_checks, nested_header_checks and body_checks.
/// REDIRECT goes on with the list `redirected`; one whose domain the line supplies goes wherever
/// the client says.
std::vector<policy::Rule> lower_header_checks(PolicyBuilder& builder, TableShelf& shelf,
                                              policy::ListId redirected);

}  // namespace relayproof::postfix
