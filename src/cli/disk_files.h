// The files of this machine, or of another root of it.
#pragma once

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

 private:
  int open(const std::string& path, int flags) const;
  std::string root_;
};

}  // namespace relayproof::cli
