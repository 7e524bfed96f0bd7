// Which mail servers' configurations lie at a path.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"

namespace relayproof::cli {

struct FoundConfiguration {
  const dialects::Dialect* dialect = nullptr;
  /// A folder or a file, as `root` has it.
  std::string path;
  /// What the configuration takes for `/`: /backup for /backup/etc/postfix. Empty: `/` itself.
  std::string root;
};

/// What the path itself is, and if it is a folder, what lies below it: a backup of /etc holds all
/// of a machine's servers. Parts of a configuration that was found are not configurations of their
/// own. Fails if there are more folders than can be meant.
Result<std::vector<FoundConfiguration>> find_configurations(const FileSystem& files,
                                                            const std::string& path);

}  // namespace relayproof::cli
