// Whether files are what Exchange's cmdlets exported, or what was meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"

namespace relayproof::exchange {

enum class Content : unsigned char {
  other,
  connectors,
  permissions,
  accepted_domains,
  script,    ///< PowerShell or a schema that is about connectors: commands, no answers
  registry,  ///< of the Internet Mail Service of Exchange 5.5
};
/// By the words in it; `bytes` may be UTF-16.
Content content_of(std::string_view bytes);

/// The files of an export that lie in a folder, sorted: those whose names and contents say so.
std::vector<std::string> export_files(const FileSystem& files, const std::string& folder);

bool recognise(const FileSystem& files, const std::string& path);

}  // namespace relayproof::exchange
