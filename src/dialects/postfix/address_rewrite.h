// The rewriting of trivial-rewrite(8): addresses get their standard form, `user@domain`.
#pragma once

#include <string>
#include <string_view>

#include "dialects/postfix/address_settings.h"
#include "dialects/postfix/address_tokens.h"

namespace relayproof::postfix {

/// In the local context, which is that of envelopes: the source route goes, `a!b` and `a%b` without
/// an `@` are turned round, a missing domain and what it lacks is appended, a dot at its end goes.
void rewrite_tokens(Tokens& address, const AddressSettings& settings);

/// The same for an address in internal form; the empty address stays empty.
std::string rewrite_address(std::string_view internal, const AddressSettings& settings);

/// For an address in external form; the result is internal. What canonical_maps and
/// virtual_alias_maps do with each address of a row.
std::string rewrite_external(std::string_view external, const AddressSettings& settings);

}  // namespace relayproof::postfix
