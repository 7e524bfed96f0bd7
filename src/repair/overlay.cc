#include "repair/overlay.h"

#include <algorithm>

namespace relayproof::repair {
namespace {

using dialects::TextEdit;

Result<std::string> content(const FileSystem& files, const Texts& texts, const std::string& path) {
  const auto known = texts.find(path);
  if (known != texts.end()) return known->second;
  const auto read = files.read(path);
  if (!read) return tl::unexpected(read.error());
  return **read;
}

Result<std::string> with_edits(std::string text, std::vector<TextEdit> edits) {
  // From the end, so that the places of those before stay what they were.
  std::stable_sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) {
    return a.offset != b.offset ? a.offset > b.offset : a.length > b.length;
  });
  std::size_t limit = text.size();
  for (const auto& edit : edits) {
    if (edit.offset > limit || edit.length > limit - edit.offset) {
      return failure("an edit lies outside of the file or on another one", {edit.file, 0, 0});
    }
    text.replace(edit.offset, edit.length, edit.text);
    limit = edit.offset;
  }
  return text;
}

}  // namespace

OverlayFiles::OverlayFiles(const FileSystem& below, const Texts& replaced) : below_(below) {
  for (const auto& [path, text] : replaced) {
    replaced_[path] = std::make_shared<const std::string>(text);
  }
}

Result<std::shared_ptr<const std::string>> OverlayFiles::read(const std::string& path) const {
  const auto found = replaced_.find(path);
  if (found != replaced_.end()) return found->second;
  return below_.read(path);
}

FileInfo OverlayFiles::info(const std::string& path) const {
  auto info = below_.info(path);
  const auto found = replaced_.find(path);
  if (found == replaced_.end()) return info;
  info.kind = FileInfo::Kind::file;
  info.size = found->second->size();
  return info;
}

std::vector<std::string> OverlayFiles::list(const std::string& folder) const {
  return below_.list(folder);
}

Result<Texts> edited(const FileSystem& files, const Texts& texts,
                     const std::vector<TextEdit>& edits) {
  Texts result = texts;
  std::map<std::string, std::vector<TextEdit>> by_file;
  for (const auto& edit : edits) by_file[edit.file].push_back(edit);
  for (auto& [path, own] : by_file) {
    auto text = content(files, texts, path);
    if (!text) return tl::unexpected(text.error());
    auto changed = with_edits(std::move(*text), std::move(own));
    if (!changed) return tl::unexpected(changed.error());
    result[path] = std::move(*changed);
  }
  return result;
}

}  // namespace relayproof::repair
