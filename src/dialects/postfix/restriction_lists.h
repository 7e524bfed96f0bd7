// Restriction lists become lists of rules: item by item, each by its own function.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "dialects/postfix/restriction_scope.h"
#include "dialects/postfix/restriction_writer.h"
#include "dialects/postfix/restrictions.h"

namespace relayproof::postfix {

/// Where the text of a list stands: in a value, or in a table's row.
struct ListSource {
  const Value* value = nullptr;
  policy::OriginId row = 0;  ///< if it is no value
};

/// Lowers a list. Its name is the parameter's or the class's.
policy::ListId lower_list(ServiceLowering& service, const RestrictionList& list,
                          const ListSource& source, const Scope& scope, std::string_view name);
/// A class, or what stands in a table's row: lowered once for each scope. A list that runs itself
/// again is a server error there, as Postfix gives up after a hundred rounds.
policy::ListId lower_nested(ServiceLowering& service, std::string_view text,
                            const ListSource& source, const Scope& scope);

/// Lowers one restriction; `item.word` is the one it is registered for.
using LowerRestriction = void (*)(RestrictionWriter& writer, const Restriction& item);
struct RestrictionFamily {
  Is is;
  LowerRestriction lower;
};
std::span<const RestrictionFamily> session_restrictions();
std::span<const RestrictionFamily> client_restrictions();
std::span<const RestrictionFamily> credential_restrictions();
std::span<const RestrictionFamily> helo_restrictions();
std::span<const RestrictionFamily> sender_restrictions();
std::span<const RestrictionFamily> recipient_restrictions();
/// Null if nobody lowers it: the list then refuses nothing and the note says so.
LowerRestriction lowering_of(Is is);

}  // namespace relayproof::postfix
