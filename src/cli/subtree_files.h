// A part of a file system as the whole of one: what `/` is for a configuration from a backup.
#pragma once

#include <string>

#include "base/file_system.h"

namespace relayproof::cli {

/// `/etc/aliases` is `root/etc/aliases` in the other files. Borrows them.
class SubtreeFiles : public FileSystem {
 public:
  SubtreeFiles(const FileSystem& files, std::string root) : files_(files), root_(std::move(root)) {}

  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override {
    return files_.read(inside(path));
  }
  FileInfo info(const std::string& path) const override { return files_.info(inside(path)); }
  std::vector<std::string> list(const std::string& folder) const override {
    return files_.list(inside(folder));
  }

 private:
  std::string inside(const std::string& path) const {
    return root_.empty() ? path : root_ + path_in("/", path);
  }
  const FileSystem& files_;
  std::string root_;
};

}  // namespace relayproof::cli
