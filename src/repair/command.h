// Other programs, run to their end: what they said and how they ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace relayproof::repair {

struct Ended {
  int status = 0;    ///< exit status; 128 + the signal that ended it
  std::string said;  ///< standard output and error, at most 64 KiB
};

/// Runs it with nothing on standard input, looked for in PATH and where system programs lie.
/// Nullopt if there is no such program. After `seconds` it is killed.
std::optional<Ended> run_command(const std::vector<std::string>& words, int seconds = 60);

}  // namespace relayproof::repair
