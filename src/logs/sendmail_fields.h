// Parts of Sendmail's log lines. It writes addresses as they were given to it: with quotes and
// comments, in which anything may stand.
#pragma once

#include <cstddef>
#include <string_view>

#include "logs/postfix_fields.h"

namespace relayproof::logs {

/// Where `mark` stands outside of the quotes, brackets and comments of the addresses before it
/// (RFC 5322 section 3.2, as Sendmail's scanner reads them); npos if nowhere.
std::size_t find_outside_of_addresses(std::string_view text, std::string_view mark);

/// The first address of a list, without its brackets; list and commas shrink from the front.
std::string_view take_listed_address(std::string_view& list);

/// `name=value` and the `, ` behind it; empty if another name stands there.
std::string_view take_comma_field(std::string_view& text, std::string_view name);

/// All of `name [address]`, `name [IPv6:…] (may be forged)`, `[address]`, `user@localhost`: a name
/// that is not confirmed is none; without an address everything is the name.
NameAndAddress peer_of(std::string_view text);

}  // namespace relayproof::logs
