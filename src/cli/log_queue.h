// What a server's queue holds now.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/result.h"

namespace relayproof::cli {

using QueueIds = std::set<std::string, std::less<>>;

/// The queue IDs in a file that holds the output of `postqueue -j` (`-`: standard input). Fails
/// with file and line for one that does not.
Result<QueueIds> read_queue_file(const std::string& path);
/// What `postqueue -j` says on this machine; nullopt if there is none, or it does not answer.
std::optional<QueueIds> ask_queue();

}  // namespace relayproof::cli
