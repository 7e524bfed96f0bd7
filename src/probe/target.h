// The spelling of targets on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace relayproof::probe {

struct TargetSpec {
  std::string host;                   ///< a name in lower case, or an address without brackets
  std::optional<std::uint16_t> port;  ///< if one was given
  bool operator==(const TargetSpec&) const = default;
};

/// `HOST`, `HOST:PORT`, an IPv4 or IPv6 address, `[v6]`, `[v6]:PORT`. A network (CIDR) is refused:
/// networks need a scope file that declares them.
Result<TargetSpec> parse_target(std::string_view text);

/// 1 to 65535 in decimal.
std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace relayproof::probe
