// check_relay and check_mail of the stock rule sets: which clients and senders are refused.
#pragma once

#include "dialects/sendmail/relay_rules.h"
#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

/// What a row with DISCARD leaves behind: the mail is taken and thrown away.
std::uint32_t discard_mark(PolicyBuilder& builder);

/// The list `check_relay`, about the client.
policy::ListId lower_client_rules(Scope& scope);

/// The list `check_mail`, about the sender.
policy::ListId lower_sender_rules(Scope& scope, const Daemon& daemon);

/// The end of check_rcpt with block_bad_helo, about the greeting; else an empty list.
policy::ListId lower_greeting_rules(Scope& scope);

/// delay_checks' `friend` and `hater`: recipients for whom neither of these lists is asked.
policy::ConditionId skips_checks(Scope& scope, const RecipientClasses& recipients);

}  // namespace relayproof::sendmail
