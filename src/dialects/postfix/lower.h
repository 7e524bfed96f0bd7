// A Postfix configuration becomes a policy: doors, listeners, stages, routes.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/restriction_scope.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

struct Lowered {
  policy::Policy policy;
  bool runs = true;
  std::string why_not;  ///< in Postfix's own words
  std::vector<LoweringNote> notes;
};

Lowered lower(const Config& config, TableShelf& shelf);

}  // namespace relayproof::postfix
