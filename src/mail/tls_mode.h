// How a connection is protected.
#pragma once

#include <cstdint>
#include <string_view>

namespace relayproof::mail {

enum class TlsMode {
  none,
  starttls,  ///< RFC 3207: upgraded after EHLO
  implicit,  ///< RFC 8314: from the first byte
};

/// What a client does first on a port: implicit TLS on 465 (RFC 8314) and its usual copy 10465.
TlsMode mode_of_port(std::uint16_t port);

std::string_view to_string(TlsMode mode);  ///< `none`, `starttls`, `implicit`

}  // namespace relayproof::mail
