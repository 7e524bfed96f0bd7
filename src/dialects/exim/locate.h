// Where in a folder Exim's configuration is, and whether a text is one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file_system.h"

namespace relayproof::exim {

/// The configuration in a folder, or the file itself: a whole configuration, or Debian's
/// update-exim4.conf.conf. nullopt: there is none.
std::optional<std::string> locate(const FileSystem& files, const std::string& path);

/// The name of Debian's answers.
inline constexpr std::string_view debian_answers = "update-exim4.conf.conf";
bool is_debian_answers(std::string_view content);

/// True for a text with sections and options of Exim's.
bool is_configuration(std::string_view content);

}  // namespace relayproof::exim
