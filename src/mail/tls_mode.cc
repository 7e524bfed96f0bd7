#include "mail/tls_mode.h"

namespace relayproof::mail {

TlsMode mode_of_port(std::uint16_t port) {
  return port == 465 || port == 10465 ? TlsMode::implicit : TlsMode::none;
}

std::string_view to_string(TlsMode mode) {
  switch (mode) {
    case TlsMode::none:
      return "none";
    case TlsMode::starttls:
      return "starttls";
    case TlsMode::implicit:
      return "implicit";
  }
  return "none";
}

}  // namespace relayproof::mail
