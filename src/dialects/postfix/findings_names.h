// Names in rows and lists: whose they are, as far as their text tells.
#pragma once

#include <string_view>

#include "dialects/postfix/findings_context.h"

namespace relayproof::postfix {

/// Anybody can register a name below: `com`, `.co.uk`; not `localhost`, `lan` and the like.
bool is_public_suffix(std::string_view name);

/// A row about clients that applies to names which strangers can give their hosts: a public suffix,
/// or a pattern that does not end in a domain of somebody's own. Addresses are none.
bool is_foreign_host(const TableRow& row);

/// The domain of a row's result is filled with what the client wrote, so that it can be any:
/// `$1@$2`. Not so where the captured text can only be a given one, where a literal domain of
/// somebody's own follows, or where it is the very domain that the mail came in for.
bool lets_client_choose_domain(const PatternRow& row);

}  // namespace relayproof::postfix
