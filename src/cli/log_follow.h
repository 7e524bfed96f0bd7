// A log that goes on being written: what is new, as it comes, through rotation and truncation.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/log_input.h"

namespace relayproof::cli {

/// Reads `file` from its beginning and hands out whole lines, until `stopped()`; waits between by
/// inotify, and looks by itself each second where that does not work. A file that was renamed is
/// read to its end, then its successor from its beginning; one that was cut begins anew. For a pipe
/// (`-`): until its end. `idle` is called whenever everything there is has been handed out.
Result<bool> follow_log(const LogFile& file,
                        const std::function<void(std::string_view lines)>& take,
                        const std::function<void()>& idle, const std::function<bool()>& stopped);

/// The same for a stream that ends by itself.
Result<bool> follow_stream(int descriptor, const std::string& name,
                           const std::function<void(std::string_view lines)>& take,
                           const std::function<void()>& idle, const std::function<bool()>& stopped);

}  // namespace relayproof::cli
