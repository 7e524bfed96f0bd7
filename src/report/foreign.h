// What may stand in a report: base/text.h makes bytes harmless, here it is decided which and how.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace relayproof::report {

/// How much of one text of a server a JSON document carries.
constexpr std::size_t json_text_bytes = 1000;

/// What we sent ourselves, for JSON: as it is where it is printable ASCII, so that an address can
/// be compared byte for byte; anything else as escape_foreign() makes it.
std::string json_text(std::string_view ours);

/// A sentence of our own which may quote a server, escaped by its author or not: harmless, and
/// nothing in it escaped twice.
std::string sentence(std::string_view text, std::size_t limit);

}  // namespace relayproof::report
