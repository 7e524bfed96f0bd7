// Compose files (the Compose specification, and `docker stack`'s reading of it).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "deployment/deployment.h"
#include "deployment/variables_parser.h"

namespace relayproof::deployment {

/// Adds services and networks to what earlier files said, as Compose merges files. Fails on what is
/// no YAML or no compose file: one line with file, line and column. A variable without a value is
/// empty, as in Compose, and named in a note.
Result<bool> read_compose(std::string_view text, const std::string& file,
                          const Variables& variables, Deployment& to);

}  // namespace relayproof::deployment
