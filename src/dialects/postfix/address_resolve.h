// The resolving of trivial-rewrite(8): which address a recipient comes down to once all that names
// this host is stripped off it.
#pragma once

#include <string>
#include <string_view>

#include "dialects/postfix/address_settings.h"

namespace relayproof::postfix {

struct Resolved {
  std::string address;  ///< `local@domain`, internal form
  bool malformed =
      false;  ///< no valid domain, or a local part with a leading `-`: 501, or a bounce
};

/// Resolves a rewritten address. Domains of this host are stripped as long as something routes on
/// behind them; `user@outside@here`, `user%outside@here` and (dequoted) `"user@outside"@here` come
/// out as `user@outside`. A literal of our own address comes out in its shortest spelling.
Resolved resolve_address(std::string_view rewritten, const AddressSettings& settings);

/// True if mydestination or the host's own addresses make mail for this domain local.
bool is_own_domain(std::string_view domain, const AddressSettings& settings);

/// `[192.0.2.1]`, `[IPv6:2001:db8::1]`: the shortest spelling.
std::string literal_of(const mail::IpAddress& address);

/// What Postfix takes for the domain of an address: a host name (valid_hostname(3)), or a literal
/// as in RFC 5321.
bool is_valid_domain(std::string_view domain, const AddressSettings& settings);

}  // namespace relayproof::postfix
