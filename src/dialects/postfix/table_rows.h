// One native table becomes one of the policy: its rows keep their text and place, and give what
// their asker makes of them.
#pragma once

#include <cstdint>
#include <memory>

#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table.h"

namespace relayproof::postfix {

/// True if the rows can be looked at. False for cidr:, which holds no names, and for what is hidden
/// or an error.
bool has_rows(const Table& table);

/// What kinds of keys a table has.
struct RowKinds {
  bool patterns = false;
  bool bare = false;    ///< keys without an `@`, or one row for every key
  bool quoted = false;  ///< keys that begin with a quote
};
RowKinds row_kinds(const Table& table);

/// An index into Policy::tables. `table` is shared with the policy, which looks into its text;
/// has_rows(*table) is true. Linear in the rows, without an allocation for each.
std::uint32_t lower_rows(PolicyBuilder& builder, const std::shared_ptr<const Table>& table,
                         const ResultOf& result_of, Literals literals);

}  // namespace relayproof::postfix
