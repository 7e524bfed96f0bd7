// How Exim reads what stands behind MAIL FROM: and RCPT TO: (parse.c's rules as the specification
// and RFC 5321 tell of them).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "policy/addresses.h"

namespace relayproof::exim {

struct AddressRules {
  bool allow_domain_literals = false;
  bool strip_excess_angle_brackets = false;
  bool strip_trailing_dot = false;
  std::string qualify_recipient;
  /// percent_hack_domains lists the domain; none: there is no such option.
  std::function<bool(std::string_view domain)> has_percent_hack;
};

/// The address in `<…>` or bare, without its source route, as it was spelt; nullopt: 501.
std::optional<std::string> extract_address(std::string_view text, bool may_be_empty,
                                           const AddressRules& rules);

/// What ACLs and routers see of it: in small letters, without quotes.
std::optional<std::string> read_recipient(std::string_view text, const AddressRules& rules);
/// As it was spelt; the empty one as `<>`.
std::optional<std::string> read_sender(std::string_view text, const AddressRules& rules);

}  // namespace relayproof::exim
