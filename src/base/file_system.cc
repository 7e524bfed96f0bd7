#include "base/file_system.h"

#include <set>

#include "base/text.h"

namespace relayproof {

MemoryFiles::MemoryFiles(std::map<std::string, std::string> files) {
  for (auto& [path, content] : files) add(path, std::move(content));
}

void MemoryFiles::add(const std::string& path, std::string content, std::int64_t modified) {
  files_[path_in("/", path)] = {std::make_shared<const std::string>(std::move(content)), modified};
}

Result<std::shared_ptr<const std::string>> MemoryFiles::read(const std::string& path) const {
  const auto found = files_.find(path_in("/", path));
  if (found == files_.end()) return failure("no such file", {path, 0, 0});
  return found->second.content;
}

FileInfo MemoryFiles::info(const std::string& path) const {
  const auto full = path_in("/", path);
  if (const auto found = files_.find(full); found != files_.end()) {
    return {FileInfo::Kind::file, found->second.content->size(), found->second.modified};
  }
  return {list(full).empty() ? FileInfo::Kind::missing : FileInfo::Kind::folder, 0, 0};
}

std::vector<std::string> MemoryFiles::list(const std::string& folder) const {
  std::string prefix = path_in("/", folder);
  if (prefix != "/") prefix += '/';
  std::set<std::string> names;
  for (auto file = files_.lower_bound(prefix);
       file != files_.end() && file->first.starts_with(prefix); ++file) {
    const std::string_view rest = std::string_view(file->first).substr(prefix.size());
    names.emplace(rest.substr(0, rest.find('/')));
  }
  return {names.begin(), names.end()};
}

std::string path_in(std::string_view folder, std::string_view name) {
  std::string text;
  if (!name.starts_with('/')) text.append(folder).append("/");
  text.append(name);
  const bool absolute = text.starts_with('/');
  std::vector<std::string_view> parts;
  for (const auto part : split(text, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !absolute) {
      parts.push_back(part);
    }
  }
  std::string result;
  for (const auto part : parts) {
    if (!result.empty() || absolute) result += '/';
    result += part;
  }
  if (result.empty()) return absolute ? "/" : ".";
  return result;
}

}  // namespace relayproof
