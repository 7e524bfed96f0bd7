// What smtpd(8) makes of the text behind `MAIL FROM:` and `RCPT TO:`: an address token, and ESMTP
// parameters behind it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/address_settings.h"

namespace relayproof::postfix {

enum class Command : std::uint8_t { mail, rcpt };

struct WireArgument {
  std::string address;                  ///< as sent, brackets and quotes included
  std::vector<std::string> parameters;  ///< `NOTIFY=NEVER`
};
/// White space parts tokens, but not in <...> and "...". nullopt: there is none, or the first one
/// is not closed (501).
std::optional<WireArgument> split_argument(std::string_view wire);

/// False if smtpd refuses the command for this parameter (501, 555). What depends on the server's
/// or the message's state (SIZE, AUTH, VERP) counts as taken.
bool takes_parameter(Command command, std::string_view parameter, const AddressSettings& settings);

/// The address in the token, in internal form: the empty one is "". nullopt (501): more than one
/// address, or what strict_rfc821_envelopes does not take.
std::optional<std::string> address_in(std::string_view token, const AddressSettings& settings);

}  // namespace relayproof::postfix
