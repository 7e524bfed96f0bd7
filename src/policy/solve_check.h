// Whether one text meets what is wanted: asked of the functions that decide() asks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/policy.h"
#include "policy/solve.h"

namespace relayproof::policy {

/// Of a text that is already rewritten: whether what is wanted of it is so. Not for `present`.
bool meets(const Policy& policy, const Wanted& wanted, std::string_view rewritten_text);

/// The same of what the client sent; nullopt: the field is absent.
bool meets_as_sent(const Policy& policy, const Wanted& wanted,
                   const std::optional<std::string>& text);

/// Whose a text is.
enum class Ownership : std::uint8_t {
  strangers,   ///< anybody can send it
  somebodys,   ///< a confirmed name that somebody owns whom the configuration names
  impossible,  ///< a confirmed name that no stranger can have
};
Ownership ownership(const Policy& policy, Field field, std::string_view text);

/// True if a client can send this text, and it can be shown: the server reads the address so, there
/// is no control byte in it, a name is a host name.
bool can_be_sent(const Policy& policy, Field field, std::string_view text);

/// True if an address arrives as it is where the server rewrites what MAIL and RCPT say before it
/// reads it. One that does not may still come out of another.
bool arrives(const Policy& policy, Field field, std::string_view address);

}  // namespace relayproof::policy
