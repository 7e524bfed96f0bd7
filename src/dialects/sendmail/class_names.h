// Classes of sendmail.cf as rules ask them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/policy_builder.h"
#include "mail/ip_set.h"

namespace relayproof::sendmail {

/// `$=R`: only the member itself. `$* $=R`: and what ends in it, as whole labels.
enum class Below : std::uint8_t { none, counts };

/// A lookup that finds the members of a class, a table for each file that they stand in. nullopt
/// if it has none.
std::optional<std::uint32_t> lower_class(PolicyBuilder& builder, const CfClass& members,
                                         Below below);

/// As rules decide it for one name.
bool is_in_class(const CfClass& members, std::string_view name, Below below);

/// `R$=R $*` asked about an address: those that begin with a member, as whole octets or groups.
struct ClassNetwork {
  std::string member;
  SourceRange where;
  mail::IpSet addresses;
};
std::vector<ClassNetwork> networks_of(const CfClass& members);

}  // namespace relayproof::sendmail
