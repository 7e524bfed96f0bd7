// Under which address a server sees us, from what it says itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail/ip_address.h"
#include "smtp/session.h"

namespace relayproof::probe {

/// The client's address in these texts of greetings, EHLO replies and refusals, the first that says
/// one; nullopt if none does. What only repeats our HELO literal is no evidence, nor is the
/// server's own address, but where it stands for the client behind "Hello". An IPv4-mapped one is
/// IPv4.
std::optional<mail::IpAddress> seen_as(const std::vector<std::string>& texts,
                                       std::string_view our_helo, const mail::IpAddress& server);

/// The same, from all that was said in a session.
std::optional<mail::IpAddress> seen_as(const smtp::Record& record, const mail::IpAddress& server);

/// The client's address in a Received field (RFC 5321 4.4), as a server wrote it.
std::optional<mail::IpAddress> seen_in_received(std::string_view field);

}  // namespace relayproof::probe
