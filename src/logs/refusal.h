// What a server wrote of a command that it refused, or would have.
#pragma once

#include <cstdint>
#include <string_view>

namespace relayproof::logs {

/// Views into the line. Only `client` and `client_name` are the server's own word; what stands
/// behind them repeats what the client said.
struct Refusal {
  std::string_view client_name;  ///< `unknown`, or the confirmed name; empty if not logged
  std::string_view client;       ///< the address as written
  std::string_view action;       ///< `reject`, `milter-reject`, `hold`, …
  std::string_view where;        ///< `RCPT`, `MAIL`, `END-OF-MESSAGE`, …
  std::uint16_t code = 0;        ///< of the reply; 0 if none stands there
  std::string_view connection;   ///< whose client it is, where another line tells of that
  std::string_view rest;  ///< reply and envelope: `<a@b>: Relay access denied; from=<…> …`
};

}  // namespace relayproof::logs
