// The few things that are done to files on disk, each with its error in words.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace relayproof::repair {

/// Whether something was done; the error names the path.
using Done = Result<bool>;

/// The path with links in its folder resolved, the last component as it is.
Result<std::string> real_path(const std::string& path);

/// A regular file, not a link: which one it is, and its content. Nullopt where there is none.
struct OnDisk {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::string content;
};
Result<std::optional<OnDisk>> read_disk(const std::string& path);

/// Why this file cannot be replaced by another one, if so: a link, several names, read-only, not
/// ours to write.
std::optional<Error> not_replaceable(const std::string& path);

/// A new file with this content, on disk when it returns. With `like` it gets that file's owner,
/// mode and extended attributes (access lists among them); mode 0600 without.
Done write_new(const std::string& path, std::string_view content, const std::string& like);

Done add_name(const std::string& path, const std::string& name);  ///< link(2)
Done rename_file(const std::string& from, const std::string& to);
Done remove_file(const std::string& path);     ///< none is fine
Done sync_folder_of(const std::string& path);  ///< its entries are on disk
bool exists(const std::string& path);
std::string folder_of(const std::string& path);

}  // namespace relayproof::repair
