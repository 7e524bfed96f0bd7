// Indexed tables (hash, lmdb, ...) made anew from an edited source, apart from what is in use.
#pragma once

#include <vector>

#include "repair/plan.h"
#include "repair/transaction.h"

namespace relayproof::repair {

/// What the indexes of the way's files become: made by the server's own program in a private
/// folder. An index that was not there before is left to its owner. Fails if the program is
/// missing or does not take the text.
Result<std::vector<Replacement>> indexes_of(const dialects::Upkeep& due, const Way& way);

}  // namespace relayproof::repair
