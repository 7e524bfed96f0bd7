// /etc/mail of a configuration that lies elsewhere: what it names by that path is beside it.
#pragma once

#include <string>

#include "base/file_system.h"

namespace relayproof::sendmail {

inline constexpr const char* settings_folder = "/etc/mail";

class MailSettings : public FileSystem {
 public:
  /// `folder` stands for /etc/mail. Both must outlive it.
  MailSettings(const FileSystem& files, std::string folder)
      : files_(files), folder_(std::move(folder)) {}

  Result<std::shared_ptr<const std::string>> read(const std::string& path) const override {
    return files_.read(place_of(path));
  }
  FileInfo info(const std::string& path) const override { return files_.info(place_of(path)); }
  std::vector<std::string> list(const std::string& folder) const override {
    return files_.list(place_of(folder));
  }
  /// Where a path of the configuration really is.
  std::string place_of(const std::string& path) const {
    const std::string prefix = std::string(settings_folder) + '/';
    if (path == settings_folder) return folder_;
    return path.starts_with(prefix) ? path_in(folder_, path.substr(prefix.size())) : path;
  }

 private:
  const FileSystem& files_;
  std::string folder_;
};

}  // namespace relayproof::sendmail
