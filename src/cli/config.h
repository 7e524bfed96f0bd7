// The operator's configuration file (TOML): who asks.
#pragma once

#include <string>

#include "base/result.h"

namespace relayproof::cli {

struct Config {
  std::string from;  ///< the operator's address, used as a sender
};

/// Reads a configuration from text; `file` names it in errors. Unknown keys are errors, as a
/// misspelt one would be ignored in silence otherwise.
Result<Config> parse_config(std::string_view text, const std::string& file);

/// The file at `path`; or, if that is empty, the first of the usual places that exists, or none:
/// $XDG_CONFIG_HOME/relayproof/relayproof.conf, ~/.config/…, /etc/relayproof/relayproof.conf.
Result<Config> load_config(const std::string& path);

/// True for local@domain without blanks, brackets and control characters.
bool is_address(std::string_view text);

}  // namespace relayproof::cli
