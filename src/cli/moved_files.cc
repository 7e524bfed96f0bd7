#include "cli/moved_files.h"

#include <utility>

namespace relayproof::cli {

MovedFiles::MovedFiles(const FileSystem& files, std::string folder, std::string usual_place)
    : files_(files), folder_(std::move(folder)), usual_place_(std::move(usual_place)) {}

std::string MovedFiles::where(const std::string& path) const {
  const auto full = path_in("/", path);
  if (usual_place_.empty() || !full.starts_with(usual_place_ + '/')) return path;
  auto moved = path_in(folder_, full.substr(usual_place_.size() + 1));
  return files_.info(moved).kind == FileInfo::Kind::missing ? path : moved;
}

Result<std::shared_ptr<const std::string>> MovedFiles::read(const std::string& path) const {
  return files_.read(where(path));
}

FileInfo MovedFiles::info(const std::string& path) const { return files_.info(where(path)); }

std::vector<std::string> MovedFiles::list(const std::string& folder) const {
  return files_.list(where(folder));
}

}  // namespace relayproof::cli
