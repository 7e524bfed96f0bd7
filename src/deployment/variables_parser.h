// Variables of compose files: `.env`, and `${NAME:-default}` in values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace relayproof::deployment {

using Variables = std::map<std::string, std::string>;

/// The assignments of an `.env` file: `NAME=value`, `export` in front, comments, quotes around the
/// value. Lines that are none of this are left out: nothing may hang on them.
Variables parse_variables(std::string_view text);

struct Interpolated {
  std::string text;
  std::vector<std::string> missing;  ///< names without a value and without a default
};
/// As the Compose specification has it: `$$`, `$NAME`, `${NAME}`, and with `:-` `-` `:+` `+` `:?`
/// `?` defaults, replacements and demands, nested. A variable without value and default is empty.
/// Fails on a `$` that begins none of these, with a message without a place.
Result<Interpolated> interpolate(std::string_view text, const Variables& variables);

}  // namespace relayproof::deployment
