// The texts that makemap(8) and newaliases(1) make maps of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::sendmail {

/// Views into the text.
struct MapRow {
  std::string_view key;
  std::string_view value;
  std::uint32_t line = 0;
};
struct MapText {
  std::vector<MapRow> rows;                  ///< in the order of the text
  std::vector<std::uint32_t> without_value;  ///< lines that makemap refuses
};
/// A key, blanks, a value; `#` only begins a comment at the start of a line.
MapText parse_map(std::string_view text);

/// A line of aliases(5) with those that continue it.
struct AliasRow {
  std::string key;  ///< in lower case, without quotes
  std::string value;
  std::uint32_t line = 0;
};
std::vector<AliasRow> parse_aliases(std::string_view text);

/// `root, "|/bin/x y", bob@example.com` as single targets; `|` and `/` as they stand.
std::vector<std::string> targets_of_alias(std::string_view value);

}  // namespace relayproof::sendmail
