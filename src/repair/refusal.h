// Files that must not be edited in place, because something else writes them: what to edit instead.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace relayproof::repair {

/// Why a file with this text, at this path (links resolved), must not be edited, and what to edit
/// instead: one sentence. Nullopt if nothing speaks against it. Looks at the comments of the first
/// lines for the marks of configuration management and hosting panels, anywhere for templates.
std::optional<std::string> refusal_of(std::string_view path, std::string_view text);

}  // namespace relayproof::repair
