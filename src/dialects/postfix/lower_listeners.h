// Every smtpd and qmqpd that takes mail, and what strangers can do there.
#pragma once

#include "dialects/postfix/restriction_scope.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// The listener of one smtpd, its stages included; its addresses and ports are its doors' matter.
/// `route` is what becomes of a recipient that was taken.
policy::Listener lower_smtpd(ServiceLowering& service, policy::ListId route);

/// qmqpd: whoever is in qmqpd_authorized_clients sends anywhere; nobody else gets in.
policy::Listener lower_qmqpd(ServiceLowering& service, policy::ListId route);

}  // namespace relayproof::postfix
