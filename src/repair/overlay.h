// Files with some of them replaced, in memory only: how an edit is tried before anything is
// written.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "dialects/dialect.h"

namespace relayproof::repair {

/// The content of files by path.
using Texts = std::map<std::string, std::string>;

class OverlayFiles : public FileSystem {
 public:
  /// `below` must outlive it.
  OverlayFiles(const FileSystem& below, const Texts& replaced);

  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override;
  /// The time of change stays that of the file below: an index made of it is due to be made anew,
  /// which is not the configuration's fault.
  FileInfo info(const std::string& path) const override;
  std::vector<std::string> list(const std::string& folder) const override;

 private:
  const FileSystem& below_;
  std::map<std::string, std::shared_ptr<const std::string>> replaced_;
};

/// `texts` with the edits made, those of a file that is not among them in what `files` holds. Fails
/// if a file cannot be read, an edit lies outside of it, or two overlap.
Result<Texts> edited(const FileSystem& files, const Texts& texts,
                     const std::vector<dialects::TextEdit>& edits);

}  // namespace relayproof::repair
