// What becomes of a recipient that smtpd has taken: cleanup(8), qmgr(8), local(8).
#pragma once

#include "dialects/postfix/config.h"
#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// The list for Listener::route of this service (smtpd, qmqpd). To be called when the stages of
/// the service are there, because the marks they set are acted on here:
///   `hold`, `discard`      the message goes nowhere
///   `REDIRECT address #n`  it goes to that address instead; one with a `$` goes wherever the
///                          client says
///   `FILTER ... #n`        it comes back from a filter: as if nothing had been said
/// content_filter and smtpd_proxy_filter give the mail back, too, to a service that rewrites
/// addresses even if this one does not.
policy::ListId lower_route(PolicyBuilder& builder, TableShelf& shelf, const Service& service);

}  // namespace relayproof::postfix
