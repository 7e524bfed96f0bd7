// The data of DNS records from the wire (RFC 1035 section 3.3), as a resolver hands it out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/ip_address.h"
#include "net/network.h"

namespace relayproof::net {

/// A or AAAA by its length; nullopt for any other.
std::optional<mail::IpAddress> parse_address(std::string_view rdata);

/// PTR: one uncompressed name that fills the data and is a valid domain name, in lower case.
std::optional<std::string> parse_pointer(std::string_view rdata);

/// MX. The root as its host is "" (RFC 7505); nullopt if the host is not a valid domain name.
std::optional<MailExchanger> parse_exchanger(std::string_view rdata);

}  // namespace relayproof::net
