// When a rule matches, for everything that a client can say at a listener, or for one address that
// an alias leads to.
#pragma once

#include <optional>
#include <string>

#include "dialects/opensmtpd/scope.h"

namespace relayproof::opensmtpd {

/// Where a rule is looked at from.
struct View {
  const Listen* listen = nullptr;
  bool internal = false;  ///< the recipient came out of an alias or a ~/.forward
  std::optional<std::string> recipient = {};  ///< this one, and no other
};

struct RuleConditions {
  /// `match tls` was never finished in smtpd: where all that is asked before it holds, the answer
  /// is 451 and no later rule is looked at (ruleset_match_smtp_starttls() of ruleset.c).
  std::optional<policy::ConditionId> fails;
  policy::ConditionId matches = 0;
};

RuleConditions conditions_of(Scope& scope, const MatchRule& rule, const View& view);

}  // namespace relayproof::opensmtpd
