// How Exchange reads the arguments of MAIL FROM and RCPT TO.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/addresses.h"

namespace relayproof::exchange {

/// `user@domain`, a source route cut off; the null sender is empty. A recipient without a domain is
/// refused, but postmaster, who gets `domain`. nullopt: 501.
std::optional<std::string> read_path(std::string_view wire, std::string_view domain,
                                     bool is_sender);

/// `domain` is the default accepted domain, or empty.
policy::Addresses make_addresses(std::string domain);

}  // namespace relayproof::exchange
