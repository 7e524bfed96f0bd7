// Match lists of domains as conditions: mydestination, relay_domains, virtual_alias_domains,
// virtual_mailbox_domains.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "policy/policy.h"

namespace relayproof::postfix {

struct LoweredDomains {
  policy::ConditionId matches = 0;
  policy::ConditionId fails = 0;  ///< an error is met before anything matches
  /// Unknown conditions for tables whose rows we cannot see; a part of `matches`.
  std::vector<policy::ConditionId> hidden;
};

/// Is told of names that are written out and claimed: keys and words, without a leading dot.
using Claim = std::function<void(std::string_view name)>;

/// `domain` is a subject whose text is a domain. `parameter` names the list (postconf(5)).
LoweredDomains lower_domains(PolicyBuilder& builder, TableShelf& shelf, std::string_view parameter,
                             const policy::Subject& domain, const Claim& claim = {});

/// The same list for one domain at a time, without a policy: what resolving an address asks of
/// mydestination. A table that we cannot see lists nothing.
std::function<bool(std::string_view domain)> domain_oracle(TableShelf& shelf,
                                                           std::string_view parameter);

/// Whether a domain is in mydestination, is a literal of the host's own, or is myorigin: the
/// domains for which mail_addr_find(3) tries names without a domain.
policy::ConditionId is_own_or_origin(PolicyBuilder& builder, TableShelf& shelf,
                                     const policy::Subject& domain);
/// Whether a domain is a literal of the host's own, in its shortest spelling.
policy::ConditionId is_own_literal(PolicyBuilder& builder, TableShelf& shelf,
                                   const policy::Subject& domain);

}  // namespace relayproof::postfix
