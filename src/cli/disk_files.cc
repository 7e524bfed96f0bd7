#include "cli/disk_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace relayproof::cli {
namespace {

constexpr std::uint64_t largest_file = std::uint64_t{1} << 30U;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> cannot_read(const std::string& path, const std::string& why) {
  return failure("cannot read: " + why, {path, 0, 0});
}

Result<std::string> read_all(int descriptor, std::uint64_t expected, const std::string& path) {
  std::string content(expected + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    if (size == content.size()) content.resize(size * 2);
    if (size > largest_file) return cannot_read(path, "it is larger than 1 GiB");
    const ssize_t count = ::read(descriptor, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(path, std::strerror(errno));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  content.resize(size);
  return content;
}

}  // namespace

int DiskFiles::open(const std::string& path, int flags) const {
  if (root_.empty()) return ::open(path.c_str(), flags | O_CLOEXEC);
  const Descriptor root(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (root.number() < 0) return -1;
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT;
  return static_cast<int>(::syscall(SYS_openat2, root.number(), path.c_str(), &how, sizeof how));
}

Result<std::shared_ptr<const std::string>> DiskFiles::read(const std::string& path) const {
  // O_NONBLOCK: a pipe without a writer must not keep us waiting.
  const Descriptor file(open(path, O_RDONLY | O_NONBLOCK));
  if (file.number() < 0) return cannot_read(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return cannot_read(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return cannot_read(path, "it is not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > largest_file) return cannot_read(path, "it is larger than 1 GiB");
  auto content = read_all(file.number(), size, path);
  if (!content) return tl::unexpected(content.error());
  return std::make_shared<const std::string>(std::move(*content));
}

FileInfo DiskFiles::info(const std::string& path) const {
  const Descriptor file(open(path, O_PATH));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return {};
  FileInfo info;
  info.kind = S_ISREG(status.st_mode)   ? FileInfo::Kind::file
              : S_ISDIR(status.st_mode) ? FileInfo::Kind::folder
                                        : FileInfo::Kind::other;
  info.size = static_cast<std::uint64_t>(status.st_size);
  info.modified = status.st_mtime;
  return info;
}

int DiskFiles::open_file(const std::string& path) const {
  const int file = open(path, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (file >= 0 && (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))) {
    ::close(file);
    return -1;
  }
  return file;
}

std::string DiskFiles::read_end(const std::string& path, std::uint64_t most) const {
  const Descriptor file(open_file(path));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return {};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::string text(std::min(size, most), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto count = ::pread(file.number(), text.data() + got, text.size() - got,
                               static_cast<off_t>(size - text.size() + got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

std::vector<std::string> DiskFiles::list(const std::string& folder) const {
  std::vector<std::string> names;
  const int descriptor = open(folder, O_RDONLY | O_DIRECTORY);
  DIR* entries = descriptor < 0 ? nullptr : ::fdopendir(descriptor);
  if (entries == nullptr) {
    if (descriptor >= 0) ::close(descriptor);
    return names;
  }
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(entries);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace relayproof::cli
