// Networks as smtpd reads them in a table of clients: inet_net_pton(3) for IPv4, inet_pton(3) and
// a prefix length for IPv6, `[2001:db8::1]` and `IPv6:` included.
#pragma once

#include <optional>
#include <string_view>

#include "mail/ip_set.h"

namespace relayproof::opensmtpd {

/// nullopt if smtpd takes it for no network: then it matches nobody. Host bits are masked, and
/// an IPv4 network without a length has that of its class, as in `10` or `192.168`.
std::optional<mail::IpSet> parse_network(std::string_view text);

}  // namespace relayproof::opensmtpd
