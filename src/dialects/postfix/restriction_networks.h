// Lists of clients as conditions: mynetworks, and who may use XCLIENT or QMQP.
#pragma once

#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/mynetworks.h"
#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "mail/ip_set.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// Who is in a list of clients.
struct LoweredClients {
  /// One condition for each pattern that lets somebody in, with the place of that very pattern.
  policy::ConditionId matches = 0;
  policy::ConditionId fails = 0;  ///< reached a pattern that is an error, before any match
  mail::IpSet addresses;          ///< those whom the address alone lets in
  bool by_address_only = true;    ///< false: names or hidden tables decide about others, too
  policy::OriginId origin = 0;    ///< of the first pattern that lets addresses in
};

/// `value` is the value of `parameter` (postconf(5)).
LoweredClients lower_clients(PolicyBuilder& builder, TableShelf& shelf, const Value& value,
                             std::string_view parameter);

}  // namespace relayproof::postfix
