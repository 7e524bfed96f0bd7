// The key that prober and canary share, as a file.
#pragma once

#include <string>

#include "canary/token.h"

namespace relayproof::cli {

/// A failure if the file cannot be read or holds no key.
Result<canary::Key> read_key(const std::string& file);

/// Makes a new key in a file that only its owner can read; a failure if it exists already.
Result<bool> write_new_key(const std::string& file);

}  // namespace relayproof::cli
