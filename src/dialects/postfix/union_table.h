// unionmap:{type:name, ...}: every table is asked, and the answers become one list.
#pragma once

#include <memory>
#include <vector>

#include "dialects/postfix/table.h"

namespace relayproof::postfix {

/// The rows that the union of these tables has: a key that several hold gives their values in their
/// order, joined by commas (DATABASE_README). Null unless each of them was read, has literal rows
/// and an index that stands: what a pattern adds for a key is not put together here. The rows keep
/// no line: their values stand in several files.
std::shared_ptr<const Rows> united_rows(const std::vector<Table>& parts);

}  // namespace relayproof::postfix
