// How a table's row matches what a session says: of one text, and as a pattern for all texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/opensmtpd/config.h"
#include "patterns/pattern.h"

namespace relayproof::opensmtpd {

/// hostname_match() of util.c: `*` stands for what comes before the next character of the pattern,
/// so that `*.example.com` is one label deep and `*` alone is anything but nothing.
bool matches_name(std::string_view name, std::string_view pattern);
/// The same as a POSIX extended pattern.
std::string name_pattern(std::string_view pattern);
bool has_wildcard(std::string_view pattern);

/// How rows for addresses are compared: mailaddr_match() of util.c.
struct AddressStyle {
  char delimiter = '+';
  bool old = false;  ///< up to 6.3 a row without a domain matches only an address without one
};
bool matches_address(std::string_view address, std::string_view row, const AddressStyle& style);
/// A row with wildcards as a POSIX extended pattern for whole addresses.
std::string address_pattern(std::string_view row, const AddressStyle& style);

/// The pattern of a regex table as smtpd compiles it: in lower case, `(?i)` taken off. nullopt:
/// it cannot be compiled, and so never matches.
std::optional<std::string> regex_pattern(std::string_view row);
/// The same, compiled; for texts in lower case.
std::optional<patterns::Pattern> compiled_regex(std::string_view row);
bool matches_regex(std::string_view text, std::string_view row);

}  // namespace relayproof::opensmtpd
