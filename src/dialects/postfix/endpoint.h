// Where an inet service of master.cf listens: `[host]:port`, `host:port`, `port` (master(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/postfix/config.h"

namespace relayproof::postfix {

/// `25`, or a name that Postfix (known_tcp_ports) or the usual /etc/services has for mail:
/// nullopt for any other, and for 0 and what exceeds 65535.
std::optional<std::uint16_t> port_number(std::string_view text);

/// Either an endpoint, or why Postfix refuses it.
struct ParsedEndpoint {
  std::optional<Endpoint> endpoint;
  std::string refused;
};
ParsedEndpoint parse_endpoint(std::string_view text);

}  // namespace relayproof::postfix
