// What becomes of a recipient that smtpd has taken: cleanup(8), qmgr(8), local(8).
#pragma once

#include "dialects/postfix/config.h"
#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// The list that takes a recipient to its fates: header checks, canonical and virtual rewriting,
/// resolving, transports, aliases. To be called when all restrictions are lowered, because it acts
/// on the marks that they set:
///   `discard`, `hold`       the message goes nowhere
///   `REDIRECT address #..`  it goes to that address instead; one with a `$` is the caller's
/// A FILTER gives the mail back: it is the caller's where it does not.
///
/// With a service, its own receive_override_options count: no_address_mappings skips the rewriting,
/// unless content_filter or smtpd_proxy_filter give the mail back to a service that rewrites it.
policy::ListId lower_routes(PolicyBuilder& builder, TableShelf& shelf,
                            const Service* service = nullptr);

}  // namespace relayproof::postfix
