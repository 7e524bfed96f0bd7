#include "repair/index.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "repair/command.h"
#include "repair/disk.h"

namespace relayproof::repair {
namespace {

using dialects::Upkeep;

// A folder that nobody else may write into, gone with its files at the end.
class PrivateFolder {
 public:
  PrivateFolder() {
    const char* set = std::getenv("TMPDIR");
    std::string name =
        std::string(set == nullptr || *set == '\0' ? "/tmp" : set) + "/relayproof-fix.XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    for (const auto& file : files_) ::unlink(file.c_str());
    if (!path_.empty()) ::rmdir(path_.c_str());
  }
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) {
    files_.push_back(path_ + "/" + name);
    return files_.back();
  }

 private:
  std::string path_;
  std::vector<std::string> files_;
};

std::string replaced(std::string word, const std::string& path) {
  const auto at = word.find('%');
  return at == std::string::npos ? word : word.replace(at, 1, path);
}

Result<std::string> made(const Upkeep::Index& index, const std::string& text) {
  PrivateFolder folder;
  if (folder.path().empty()) return failure("cannot make a temporary folder for " + index.file);
  const auto source = folder.file("table");
  const auto result = folder.file("table" + index.file.substr(index.source.size()));
  if (auto written = write_new(source, text, ""); !written) {
    return tl::unexpected(written.error());
  }
  auto command = index.make;
  for (auto& word : command) word = replaced(word, source);
  const auto ended = run_command(command);
  if (!ended)
    return failure(command.front() + " is not here: " + index.file + " cannot be made anew");
  if (ended->status != 0) {
    return failure(command.front() + " does not take it: " + escape_foreign(trim(ended->said), 300),
                   {index.source, 0, 0});
  }
  auto content = read_disk(result);
  if (!content) return tl::unexpected(content.error());
  if (!*content) return failure(command.front() + " made no index", {index.source, 0, 0});
  return std::move((*content)->content);
}

}  // namespace

Result<std::vector<Replacement>> indexes_of(const Upkeep& due, const Way& way) {
  std::vector<Replacement> all;
  for (const auto& index : due.indexes) {
    const auto path = real_path(index.file);
    if (!path) return tl::unexpected(path.error());
    const auto old = read_disk(*path);
    if (!old) return tl::unexpected(old.error());
    if (!*old) continue;
    const auto file = std::find_if(way.files.begin(), way.files.end(),
                                   [&](const FileChange& one) { return one.path == index.source; });
    if (file == way.files.end()) continue;
    auto content = made(index, file->after);
    if (!content) return tl::unexpected(content.error());
    all.push_back({*path, (*old)->content, std::move(*content), false});
  }
  return all;
}

}  // namespace relayproof::repair
