// A file of any kind that tells of a deployment, recognised by what is in it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "deployment/deployment.h"
#include "deployment/variables_parser.h"

namespace relayproof::deployment {

enum class Kind : unsigned char { compose, engine, iptables, nft, variables, unknown };

/// By content alone; of `.env` files by name, too, since an assignment looks like many things.
Kind recognise(std::string_view text, std::string_view file);

/// Reads one file into `to`. An error is one line with file, line and column.
Result<bool> read(std::string_view text, const std::string& file, const Variables& variables,
                  Deployment& to);

}  // namespace relayproof::deployment
