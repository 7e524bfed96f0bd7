#include "report/json_text.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::report {

std::string json_text(std::string_view ours) {
  const bool plain =
      std::all_of(ours.begin(), ours.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  return plain ? std::string(ours) : escape_foreign(ours, json_text_bytes);
}

}  // namespace relayproof::report
