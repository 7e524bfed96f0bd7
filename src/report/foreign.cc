#include "report/foreign.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::report {

std::string json_text(std::string_view ours) {
  const bool plain =
      std::all_of(ours.begin(), ours.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  return plain ? std::string(ours) : escape_foreign(ours, json_text_bytes);
}

std::string sentence(std::string_view text, std::size_t limit) {
  const std::string escaped = escape_foreign(text, limit);
  std::string out;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    out += escaped[i];
    if (escaped[i] == '\\' && i + 1 < escaped.size() && escaped[i + 1] == '\\') ++i;
  }
  return out;
}

}  // namespace relayproof::report
