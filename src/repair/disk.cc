#include "repair/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace relayproof::repair {
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
  /// False if what was written did not reach the file after all.
  bool close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

tl::unexpected<Error> cannot(const char* what, const std::string& path) {
  return failure(std::string(what) + ": " + std::strerror(errno), {path, 0, 0});
}

Done done(bool good, const char* what, const std::string& path) {
  if (good) return true;
  return cannot(what, path);
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<std::string> read_all(int descriptor, const std::string& path) {
  std::string content;
  std::vector<char> piece(std::size_t{1} << 16U);
  for (;;) {
    const ssize_t count = ::read(descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("cannot read", path);
    if (count == 0) return content;
    content.append(piece.data(), static_cast<std::size_t>(count));
    if (content.size() > largest_file) return failure("is larger than 1 GiB", {path, 0, 0});
  }
}

// Access lists, labels: whatever the old file carries.
Done copy_attributes(int from, int to, const std::string& path) {
  const ssize_t size = ::flistxattr(from, nullptr, 0);
  if (size < 0 && (errno == ENOTSUP || errno == ENOSYS)) return true;
  if (size < 0) return cannot("cannot read its attributes", path);
  std::vector<char> names(static_cast<std::size_t>(size) + 1);
  const ssize_t count = ::flistxattr(from, names.data(), names.size());
  if (count < 0) return cannot("cannot read its attributes", path);
  for (const char* name = names.data(); name < names.data() + count;
       name += std::strlen(name) + 1) {
    const ssize_t length = ::fgetxattr(from, name, nullptr, 0);
    if (length < 0) return cannot("cannot read its attributes", path);
    std::vector<char> value(static_cast<std::size_t>(length) + 1);
    const ssize_t got = ::fgetxattr(from, name, value.data(), value.size());
    if (got < 0) return cannot("cannot read its attributes", path);
    if (::fsetxattr(to, name, value.data(), static_cast<std::size_t>(got), 0) != 0) {
      return cannot("cannot keep its attributes", path);
    }
  }
  return true;
}

Done copy_standing(int to, const std::string& like, const std::string& path) {
  const Descriptor old(::open(like.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (old.number() < 0 || ::fstat(old.number(), &status) != 0) return cannot("cannot read", like);
  if (::fchown(to, status.st_uid, status.st_gid) != 0) {
    return cannot("cannot keep its owner", path);
  }
  if (auto copied = copy_attributes(old.number(), to, path); !copied) return copied;
  return done(::fchmod(to, status.st_mode & 07777U) == 0, "cannot keep its mode", path);
}

}  // namespace

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::string> real_path(const std::string& path) {
  char* real = ::realpath(folder_of(path).c_str(), nullptr);
  if (real == nullptr) return cannot("cannot find", path);
  std::string result = real;
  std::free(real);
  if (!result.ends_with('/')) result += '/';
  return result + path.substr(path.rfind('/') + 1);
}

Result<std::optional<OnDisk>> read_disk(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.number() < 0 && errno == ENOENT) return std::optional<OnDisk>();
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return cannot("cannot read", path);
  if (!S_ISREG(status.st_mode)) return failure("is not a regular file", {path, 0, 0});
  auto content = read_all(file.number(), path);
  if (!content) return tl::unexpected(content.error());
  return OnDisk{status.st_dev, status.st_ino, std::move(*content)};
}

std::optional<Error> not_replaceable(const std::string& path) {
  struct stat status {};
  const auto because = [&](std::string why) {
    return Error{std::move(why), SourceRange{path, 0, 0}};
  };
  if (::lstat(path.c_str(), &status) != 0) {
    return because(std::string("cannot read: ") + std::strerror(errno));
  }
  if (S_ISLNK(status.st_mode)) {
    char* target = ::realpath(path.c_str(), nullptr);
    const std::string where = target == nullptr ? "nothing" : target;
    std::free(target);
    return because("is a symbolic link to " + where +
                   ": whoever made the link may write that file, too; apply the patch there");
  }
  if (!S_ISREG(status.st_mode)) return because("is not a regular file");
  if (status.st_nlink > 1) {
    return because("has several names (hard links), which would part: apply the patch by hand");
  }
  if ((status.st_mode & 0222U) == 0) return because("is read-only: make it writable first");
  if (::access(path.c_str(), W_OK) != 0) {
    return because(std::string("may not be written: ") + std::strerror(errno));
  }
  if (::access(folder_of(path).c_str(), W_OK | X_OK) != 0) {
    return because("its folder may not be written: " + std::string(std::strerror(errno)));
  }
  return {};
}

Done write_new(const std::string& path, std::string_view content, const std::string& like) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.number() < 0) return cannot("cannot write", path);
  if (!write_all(file.number(), content)) return cannot("cannot write", path);
  if (!like.empty()) {
    if (auto copied = copy_standing(file.number(), like, path); !copied) return copied;
  }
  if (::fsync(file.number()) != 0) return cannot("cannot write", path);
  return done(file.close(), "cannot write", path);
}

Done add_name(const std::string& path, const std::string& name) {
  return done(::link(path.c_str(), name.c_str()) == 0, "cannot keep the old file", name);
}

Done rename_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return true;
  if (errno == EBUSY) {
    return failure("is mounted by itself, as containers do: edit the file that is mounted",
                   {to, 0, 0});
  }
  return cannot("cannot replace", to);
}

Done remove_file(const std::string& path) {
  return done(::unlink(path.c_str()) == 0 || errno == ENOENT, "cannot remove", path);
}

Done sync_folder_of(const std::string& path) {
  Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0) return cannot("cannot open its folder", path);
  return done(::fsync(folder.number()) == 0, "cannot write its folder", path);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace relayproof::repair
