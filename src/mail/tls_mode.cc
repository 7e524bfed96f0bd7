#include "mail/tls_mode.h"

namespace relayproof::mail {

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
