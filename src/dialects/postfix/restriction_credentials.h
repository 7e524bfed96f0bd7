// Who has shown credentials: a password, or a certificate that the owner knows.
#pragma once

#include "dialects/postfix/restriction_scope.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// The client has logged in with a password, as permit_sasl_authenticated sees it: AUTH is offered
/// here, and (smtpd_tls_auth_only) only under TLS; the mechanism ANONYMOUS does not count.
policy::ConditionId logged_in(const ServiceLowering& service);

/// Whether the mechanism ANONYMOUS may be offered here: noanonymous is missing from the security
/// options of sessions with or without TLS.
bool may_offer_anonymous(const ServiceLowering& service);

}  // namespace relayproof::postfix
