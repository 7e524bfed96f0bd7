// Which domains a configuration answers for, and which names it mentions.
#pragma once

#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"

namespace relayproof::postfix {

/// Fills in Policy::addresses, answers_for, premises and owned_names. A domain is answered for if
/// mydestination, virtual_alias_domains, virtual_mailbox_domains or relay_domains has it written
/// out and no stranger can register a name below it, or if it is the host's own name or literal.
void lower_responsibility(PolicyBuilder& builder, TableShelf& shelf);

}  // namespace relayproof::postfix
