// How the stock rule sets 3 (canonify), Parse0 and ParseRecipient read addresses: from the command
// line to the mailbox that relaying is decided about. Facts: cf/README, and measured on 8.17.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "policy/addresses.h"

namespace relayproof::sendmail {

struct AddressSettings {
  std::string hostname = "localhost.localdomain";  ///< `$j`
  std::string domain;                              ///< `$m`; may be empty
  bool percent_hack = true;                        ///< `user%host`
  bool bang_paths = true;                          ///< `host!user`
  char blank = ' ';                                ///< BlankSub: put between two words
  /// What the domain table calls a domain; as it was where it has no row. Empty: there is none.
  std::function<std::string(std::string_view domain)> renamed;
  /// Whether a domain or literal is this host (class w).
  std::function<bool(std::string_view domain)> is_local;
  /// Whether mail for a domain is relayed for anybody: what stands before it is then looked at.
  std::function<bool(std::string_view domain)> is_relayed;
};

/// The address as rule sets see it: `user@domain`, or `user` of this host. A route is cut off, the
/// rightmost `%` counts as an `@`, `host!user` is turned round; what is left of the host's own name
/// is read again. nullopt: 553.
std::optional<std::string> canonical_address(std::string_view address,
                                             const AddressSettings& settings);

/// The argument of MAIL FROM and RCPT TO. The empty sender is the empty text; an empty recipient is
/// refused.
std::optional<std::string> read_argument(std::string_view wire, bool is_sender,
                                         const AddressSettings& settings);

/// ParseRecipient: as long as another host stands in front of a domain that is relayed for anybody,
/// that one. What cannot be read gives a domain that is nobody's.
std::string innermost_address(std::string_view canonical, const AddressSettings& settings);

/// The name of that as a transform.
inline constexpr std::string_view innermost = "innermost";

policy::Addresses make_addresses(AddressSettings settings);

}  // namespace relayproof::sendmail
