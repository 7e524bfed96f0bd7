// How a connection is protected.
#pragma once

#include <string_view>

namespace relayproof::mail {

enum class TlsMode {
  none,
  starttls,  ///< RFC 3207: upgraded after EHLO
  implicit,  ///< RFC 8314: from the first byte
};

std::string_view to_string(TlsMode mode);  ///< `none`, `starttls`, `implicit`

}  // namespace relayproof::mail
