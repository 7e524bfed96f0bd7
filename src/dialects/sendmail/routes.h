// What becomes of recipients that were taken: virtual users, aliases, other hosts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/relay_rules.h"
#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

/// The list that recipients follow.
policy::ListId lower_routes(Scope& scope, const RecipientClasses& recipients);

/// The list that refuses unknown users here, and what the virtual user table has an error for.
/// Where not all users are known, nobody is refused.
policy::ListId lower_known_users(Scope& scope, const RecipientClasses& recipients);

/// policy::Addresses::targets: of an alias, and of a row of the virtual user table.
std::vector<std::string> targets_of_row(std::string_view value, std::string_view recipient);

}  // namespace relayproof::sendmail
