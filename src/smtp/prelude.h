// What a client does before it asks: claims made in front of the greeting, or behind EHLO.
#pragma once

#include <string>
#include <vector>

namespace relayproof::smtp {

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
};

}  // namespace relayproof::smtp
