// How Postfix reads and spells addresses: policy::Addresses of a configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/address_settings.h"
#include "policy/addresses.h"

namespace relayproof::postfix {

/// Names of transforms. All take and give internal forms but `complete`.
namespace transform_name {
/// What restrictions see: resolved, in lower case.
inline constexpr std::string_view resolve = "resolve";
/// What the queue manager sees: resolved, in the case it has.
inline constexpr std::string_view route = "route";
/// What a target in external form becomes: standard form, without quotes.
inline constexpr std::string_view complete = "complete";
/// The external form: local part in quotes where it needs them. What patterns see first from 3.2
/// on.
inline constexpr std::string_view quote = "quote";
}  // namespace transform_name

/// The functions of Policy::addresses; they share one copy of the settings.
/// read_sender and read_recipient give the address in standard form, not resolved: what cleanup(8)
/// looks up in canonical_maps and virtual_alias_maps. The empty sender is "", an empty recipient is
/// refused. A non-ASCII domain is taken, since the client can announce SMTPUTF8.
/// targets() does not carry an address extension over: that is RewriteAsRow::extends.
policy::Addresses make_addresses(AddressSettings settings);

/// True where reject_non_fqdn_sender and _recipient see no full domain: they look at the address
/// before it is rewritten.
bool is_unqualified(std::string_view wire, const AddressSettings& settings);

/// The parts of it, for those who have settings at hand.
std::optional<std::string> read_recipient(std::string_view wire, const AddressSettings& settings);
std::optional<std::string> read_sender(std::string_view wire, const AddressSettings& settings);
/// In angle brackets, the local part quoted where RFC 5321 wants it.
std::string spell_address(std::string_view internal);
std::vector<std::string> addresses_of_row(std::string_view value, std::string_view address,
                                          const AddressSettings& settings);

}  // namespace relayproof::postfix
