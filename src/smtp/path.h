// The argument of MAIL FROM: and RCPT TO:, read as generously as real servers read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::smtp {

struct Path {
  std::string argument = {};  ///< all that stood behind the colon, as it came
  /// What stood between the brackets, or the first word if there were none; quotes and source
  /// routes are kept. Empty for the null path `<>`; absent if a bracket or a quote is not closed,
  /// or there was nothing.
  std::optional<std::string> address = {};
  std::vector<std::string> parameters = {};  ///< `SIZE=100`, `BODY=8BITMIME`
};

Path parse_path(std::string_view argument);

}  // namespace relayproof::smtp
