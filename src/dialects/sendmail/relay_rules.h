// check_rcpt of the stock rule sets: whom and what it relays for.
#pragma once

#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

/// What recipients are, as every rule asks it.
struct RecipientClasses {
  policy::ConditionId is_local = 0;    ///< no domain, or one of class w
  policy::ConditionId is_relayed = 0;  ///< one that everybody may send to besides
  policy::ConditionId is_routed = 0;   ///< the local part names another host
};
RecipientClasses lower_recipients(Scope& scope);

/// The list `check_rcpt`: ends with a refusal.
policy::ListId lower_relay_rules(Scope& scope, const RecipientClasses& recipients);

/// True where users may relay who logged in.
bool lets_users_relay(const Config& config);

}  // namespace relayproof::sendmail
