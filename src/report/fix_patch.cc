#include <algorithm>

#include "repair/unified.h"
#include "report/fix.h"

namespace relayproof::report {
namespace {

bool lies_in(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() + 1 && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

std::string patch_folder(const std::string& folder, const repair::Way& way) {
  const bool all = std::all_of(way.files.begin(), way.files.end(), [&](const auto& file) {
    return lies_in(file.path, folder) || file.path.find('/') == std::string::npos;
  });
  return all ? folder : "/";
}

std::string commands_of(const repair::Way& way) {
  std::string text = "# First see what would be done; nothing is changed yet:\n";
  for (const auto& command : way.rehearsal) text += command + '\n';
  text += "# Then do it:\n";
  for (const auto& command : way.commands) text += command + '\n';
  return text;
}

std::string patch_of(const std::string& folder, const repair::Way& way) {
  const auto base = patch_folder(folder, way);
  std::string text;
  for (const auto& file : way.files) {
    const auto skipped = lies_in(file.path, base)     ? base.size() + 1
                         : file.path.starts_with('/') ? std::size_t{1}
                                                      : std::size_t{0};
    text += repair::unified_diff(file.path.substr(skipped), file.before, file.after);
  }
  return text;
}

}  // namespace relayproof::report
