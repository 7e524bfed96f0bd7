// What becomes of a recipient that smtpd has taken: cleanup(8), qmgr(8), local(8).
#pragma once

#include "dialects/postfix/config.h"
#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// What Postfix does with a recipient behind its restrictions, and whose mail it is: fills in
/// Policy::addresses, answers_for, premises and owned_names (see responsible.h), and gives the list
/// that takes a recipient to its fates: header checks, canonical and virtual rewriting, resolving,
/// transports, aliases. What restrictions left for the message (HOLD, DISCARD, REDIRECT) comes
/// before it and is the caller's.
///
/// With a service, its own receive_override_options count: no_address_mappings skips the rewriting,
/// unless content_filter or smtpd_proxy_filter give the mail back to a service that rewrites it.
policy::ListId lower_routes(PolicyBuilder& builder, TableShelf& shelf,
                            const Service* service = nullptr);

}  // namespace relayproof::postfix
