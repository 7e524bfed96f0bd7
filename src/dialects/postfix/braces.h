// `{ ... }` as Postfix reads it in table names and lists (extpar(3), balpar(3)).
#pragma once

#include <string_view>

#include "base/result.h"

namespace relayproof::postfix {

/// What is between the braces that begin and end the text. Fails if it does not begin with `{`, if
/// nothing closes that, or if something follows.
Result<std::string_view> inside_braces(std::string_view text);

/// `key = value`, both without white space around them.
struct KeyValue {
  std::string_view key;
  std::string_view value;
};
/// Reads it; with `quotes` the key may hold blanks and `=` within double quotes, which stay.
Result<KeyValue> split_key_value(std::string_view text, bool quotes);

}  // namespace relayproof::postfix
