// A configuration that is not where it is used: a copy, a checkout, a backup.
#pragma once

#include <string>

#include "base/file_system.h"

namespace relayproof::cli {

/// Other files, with what lies in `folder` found in `usual_place`, too: a copied main.cf still says
/// `hash:/etc/postfix/virtual`, and means the file beside it. What is not in the folder is looked
/// for where it was said to be. Borrows `files`.
class MovedFiles : public FileSystem {
 public:
  MovedFiles(const FileSystem& files, std::string folder, std::string usual_place);

  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override;
  FileInfo info(const std::string& path) const override;
  std::vector<std::string> list(const std::string& folder) const override;

  /// Where the file really is that is read under this path.
  std::string where(const std::string& path) const;

 private:
  const FileSystem& files_;
  std::string folder_;
  std::string usual_place_;
};

}  // namespace relayproof::cli
