#include "base/finding.h"

#include <array>

namespace relayproof {

std::string_view to_string(Severity severity) {
  constexpr std::array<std::string_view, 5> names = {"info", "low", "medium", "high", "critical"};
  return names[static_cast<std::size_t>(severity)];
}

}  // namespace relayproof
