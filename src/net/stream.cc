#include "net/stream.h"

namespace relayproof::net {

std::string_view to_string(Failure failure) {
  switch (failure) {
    case Failure::refused:
      return "refused";
    case Failure::unreachable:
      return "unreachable";
    case Failure::timed_out:
      return "timed out";
    case Failure::closed:
      return "closed";
    case Failure::reset:
      return "reset";
    case Failure::tls:
      return "TLS failed";
    case Failure::local:
      return "local";
  }
  return "local";
}

}  // namespace relayproof::net
