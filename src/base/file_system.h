// Read-only access to files, so that a configuration can come from a folder, another root, an
// archive or memory, and everything that reads one stays free of I/O.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace relayproof {

/// What stands under a path, links followed.
struct FileInfo {
  enum class Kind { missing, file, folder, other };
  Kind kind = Kind::missing;
  std::uint64_t size = 0;     ///< bytes
  std::int64_t modified = 0;  ///< seconds since 1970
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// The whole file. Fails with one line that names the file: it is missing, unreadable, not a
  /// regular file, larger than the implementation's bound, or a loop of links.
  virtual Result<std::shared_ptr<const std::string>> read(const std::string& path) const = 0;
  virtual FileInfo info(const std::string& path) const = 0;
  /// The names in a folder, sorted; empty if there is none.
  virtual std::vector<std::string> list(const std::string& folder) const = 0;
};

/// Files that exist only in memory, by absolute path; folders are implied.
class MemoryFiles : public FileSystem {
 public:
  MemoryFiles() = default;
  explicit MemoryFiles(std::map<std::string, std::string> files);
  void add(const std::string& path, std::string content, std::int64_t modified = 0);

  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override;
  FileInfo info(const std::string& path) const override;
  std::vector<std::string> list(const std::string& folder) const override;

 private:
  struct File {
    std::shared_ptr<const std::string> content;
    std::int64_t modified = 0;
  };
  std::map<std::string, File> files_;
};

/// `name` as seen from `folder`: an absolute name as it is, else `folder/name`; `.`, `..` and
/// double slashes resolved by text alone.
std::string path_in(std::string_view folder, std::string_view name);

}  // namespace relayproof
