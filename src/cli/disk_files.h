// The files of this machine, or of another root of it.
#pragma once

#include <cstdint>
#include <string>

#include "base/file_system.h"

namespace relayproof::cli {

/// Reads regular files up to 1 GiB. With a root (`--root`), absolute paths and links are taken
/// inside of it and never lead out.
class DiskFiles : public FileSystem {
 public:
  explicit DiskFiles(std::string root = {}) : root_(std::move(root)) {}

  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override;
  FileInfo info(const std::string& path) const override;
  std::vector<std::string> list(const std::string& folder) const override;

  /// The last bytes of a regular file, such as a log that grows; empty if it cannot be read.
  std::string read_end(const std::string& path, std::uint64_t most) const;
  /// A regular file opened for reading, which the caller closes; negative if it cannot be.
  int open_file(const std::string& path) const;

 private:
  int open(const std::string& path, int flags) const;
  std::string root_;
};

}  // namespace relayproof::cli
