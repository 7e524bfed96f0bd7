#include "dialects/exim/other_places.h"

#include <array>
#include <string_view>
#include <utility>

namespace relayproof::exim {
namespace {

constexpr auto usual = std::to_array<std::string_view>(
    {"/etc/exim4/", "/etc/exim/", "/usr/local/etc/exim/", "/usr/exim/", "/etc/mail/exim/"});

}  // namespace

OtherPlaces::OtherPlaces(const FileSystem& files, std::string folder)
    : files_(files), folder_(std::move(folder)) {}

std::string OtherPlaces::where(const std::string& path) const {
  if (files_.info(path).kind != FileInfo::Kind::missing) return path;
  for (const auto place : usual) {
    if (!path.starts_with(place)) continue;
    auto moved = path_in(folder_, std::string_view(path).substr(place.size()));
    if (files_.info(moved).kind != FileInfo::Kind::missing) return moved;
  }
  return path;
}

Result<std::shared_ptr<const std::string>> OtherPlaces::read(const std::string& path) const {
  return files_.read(where(path));
}

FileInfo OtherPlaces::info(const std::string& path) const { return files_.info(where(path)); }

std::vector<std::string> OtherPlaces::list(const std::string& folder) const {
  return files_.list(where(folder));
}

}  // namespace relayproof::exim
