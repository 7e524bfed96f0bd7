// Addresses as Postfix takes them apart: RFC 822 words and operators, with `%`, `!` and `|` as
// operators, too. Three spellings are told apart: what came over the wire, the external form (local
// part quoted where needed) and the internal form (no quotes; what tables are asked).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/host.h"

namespace relayproof::postfix {

struct Token {
  enum class Kind : std::uint8_t {
    atom,
    quoted,   ///< without its quotes and backslashes
    literal,  ///< without its brackets
    comment,  ///< with its parentheses
    op,       ///< one of ( ) < > @ , ; : \ " . [ ] | % !
  };
  Kind kind = Kind::atom;
  std::string text;

  bool is(char operation) const { return kind == Kind::op && text[0] == operation; }
  bool operator==(const Token&) const = default;
};
using Tokens = std::vector<Token>;

/// Never fails: what is not closed ends with the text. White space goes; a zero byte ends the text.
Tokens scan_address(std::string_view text);

/// Where adjacent words were parted by white space, `spaced` puts a blank between them.
enum class Blanks : std::uint8_t { none, between_words };
/// Without quotes and backslashes.
std::string internal_form(const Tokens& tokens, Blanks blanks);
/// With the quotes that were there, or that an atom with odd bytes needs.
std::string external_form(const Tokens& tokens, Blanks blanks);

/// Internal to external: everything before the last `@` in quotes, if it is no dot-string. A source
/// route in front is left alone.
std::string quote_local(std::string_view internal);
/// External to internal. Up to 3.2 the local part ends at the last `@` of all; later at the last
/// one that is not in quotes.
std::string unquote_local(std::string_view external, const Version& version);

/// A text that may hold several addresses, comments, phrases and groups.
struct AddressList {
  std::vector<Tokens> addresses;  ///< in their order, without comments and brackets
  std::size_t others = 0;         ///< tokens beside them, without < and >
};
AddressList parse_address_list(std::string_view text);

}  // namespace relayproof::postfix
