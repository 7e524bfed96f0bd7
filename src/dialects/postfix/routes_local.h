// What local(8) does with a recipient: aliases, then the users of this machine, then whoever gets
// what is nobody's.
#pragma once

#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// Fills the empty list `local`. An address elsewhere goes on with `mapping`, as new mail does. If
/// it cannot be seen who the users are, every name is one.
void lower_local(PolicyBuilder& builder, TableShelf& shelf, policy::ListId local,
                 policy::ListId mapping);

}  // namespace relayproof::postfix
