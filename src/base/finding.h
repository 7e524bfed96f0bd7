// Something worth telling about a configuration or a server: a permanent code, a place, what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/source_range.h"

namespace relayproof {

/// Only `critical`, `high` and `medium` change the exit status.
enum class Severity : std::uint8_t { info, low, medium, high, critical };
std::string_view to_string(Severity severity);

/// Codes are for ever: RP1xxx reading, RP2xxx relaying, RP3xxx authentication and TLS, RP4xxx
/// probe, RP5xxx disagreement. Name and title of a code stand in its page, docs/findings.
struct Finding {
  std::string code;  ///< `RP2003`
  Severity severity = Severity::info;
  SourceRange where;
  std::string says;    ///< one sentence with the names and values of this case
  std::string remedy;  ///< what to do, one sentence
};

}  // namespace relayproof
