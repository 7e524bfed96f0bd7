// What a client does before it asks: claims made in front of the greeting, or behind EHLO.
#pragma once

#include <string>
#include <vector>

#include "mail/attempt.h"

namespace relayproof::smtp {

/// What of the first attempt goes in clear before TLS, and is answered behind it. A server forgets
/// all that it was told before (RFC 3207 4.2).
enum class Crossing {
  none,
  injected,  ///< MAIL and RCPT in the packet of STARTTLS (CVE-2011-0411); then the session is over
  carried,   ///< MAIL before STARTTLS, RCPT first thing behind it, without EHLO
};

struct Prelude {
  /// Bytes sent before the greeting is waited for: a PROXY header. A server that knows none of it
  /// takes it for a command, and refuses EHLO in its stead.
  std::string opening = {};
  /// Lines sent one by one behind EHLO (behind TLS, where there is one), without their ends. A 220
  /// to one of them starts the session anew (XCLIENT): EHLO follows.
  std::vector<std::string> commands = {};
  /// A command that is refused is the end of it: what it was for cannot be asked.
  bool must_be_taken = true;
  bool says_hello = true;  ///< false: neither EHLO nor HELO; MAIL comes first
  bool knows_ehlo = true;  ///< false: HELO (RFC 5321 2.2.1); not with SessionOptions::starttls
  /// Only with SessionOptions::starttls, and for an attempt that is known from the beginning.
  Crossing crossing = Crossing::none;
  mail::Attempt crosses = {};
};

}  // namespace relayproof::smtp
