// Mailboxes (RFC 5321 section 4.1.2): what the quotes are for, and the way back. The odd spellings
// that one server takes and another does not (routes, `%`, `!`, comments) are read by the dialects.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mail/ip_address.h"

namespace relayproof::mail {

/// A mailbox after reading.
struct Address {
  std::string local;        ///< without quotes and backslashes: any bytes, `a b` for `"a b"`
  std::string domain;       ///< as it was written; an address literal with its brackets
  bool has_domain = false;  ///< `user` has none, `user@` has an empty one

  /// From a mailbox without angle brackets: divided at the last @ that is not quoted, `""` and
  /// backslashes of the local part removed. Nothing else is checked: `a..b` or `a@b@c` have parts,
  /// too. nullopt if a quote is not closed or a backslash is the last byte.
  static std::optional<Address> parse(std::string_view mailbox);

  /// With quotes where the local part needs them (it is no dot-string): parse() gives the same
  /// address again. The null address (no local part, no domain) is "". Bytes that no quoting makes
  /// valid (control, 8-bit) are kept as they are.
  std::string to_wire() const;
  /// Without quotes, as access tables and logs have it: `local@domain`; not always unambiguous.
  std::string to_internal() const;

  bool operator==(const Address&) const = default;
};

/// Where the last @ stands that is neither in quotes nor behind a backslash; npos if there is none
/// or the quotes are not closed.
std::size_t last_unquoted_at(std::string_view mailbox);

/// True if the text needs no quotes as a local part: atoms with single dots between.
bool is_dot_string(std::string_view text);

/// In quotes, with a backslash before each quote and backslash.
std::string quoted_string(std::string_view text);

/// The address in `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 section 4.1.3; the tag in any
/// case); nullopt for anything else, `[2001:db8::1]` included.
std::optional<IpAddress> literal_address(std::string_view domain);

}  // namespace relayproof::mail
