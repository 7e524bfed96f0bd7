// What may stand in a JSON string.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace relayproof::report {

/// How much of one text of a server a document carries.
constexpr std::size_t json_text_bytes = 1000;

/// What we sent ourselves: as it is where it is printable ASCII, so that an address can be compared
/// byte for byte; anything else as escape_foreign() makes it.
std::string json_text(std::string_view ours);

}  // namespace relayproof::report
