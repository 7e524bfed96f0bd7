// The stages of one smtpd session, in the order in which smtpd runs them.
#pragma once

#include <vector>

#include "dialects/postfix/restriction_scope.h"
#include "policy/policy.h"

namespace relayproof::postfix {

std::vector<policy::Stage> lower_stages(ServiceLowering& service);

}  // namespace relayproof::postfix
