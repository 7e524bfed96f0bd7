// A configuration that is read elsewhere than where it is used: a copy, a checkout, a backup.
#pragma once

#include <string>

#include "base/file_system.h"

namespace relayproof::exim {

/// Other files; what is missing below one of the folders in which systems keep Exim's files is
/// looked for in `folder`. Borrows `files`.
class OtherPlaces : public FileSystem {
 public:
  OtherPlaces(const FileSystem& files, std::string folder);

  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override;
  FileInfo info(const std::string& path) const override;
  std::vector<std::string> list(const std::string& folder) const override;

 private:
  std::string where(const std::string& path) const;

  const FileSystem& files_;
  std::string folder_;
};

}  // namespace relayproof::exim
