#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace relayproof::cli {
namespace {

tl::unexpected<Error> cannot_write(const std::string& path) {
  return failure(std::string("cannot write: ") + std::strerror(errno), {path});
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

// A device, a pipe: nothing that another file could take the place of.
Result<bool> write_into(const std::string& path, std::string_view content) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_write(path);
  const bool written = write_all(descriptor, content);
  const int why = errno;
  const bool closed = ::close(descriptor) == 0;
  if (written && closed) return true;
  if (!written) errno = why;
  return cannot_write(path);
}

// Where a link leads; the path itself if it leads nowhere yet.
std::string resolved(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string result = real;
  std::free(real);
  return result;
}

bool is_special(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

Result<bool> replace(const std::string& path, std::string_view content) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) return cannot_write(path);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const bool written = write_all(descriptor, content) && ::fsync(descriptor) == 0 &&
                       ::fchmod(descriptor, 0666 & ~mask) == 0;
  const bool closed = ::close(descriptor) == 0;
  if (written && closed && std::rename(temporary.c_str(), path.c_str()) == 0) return true;
  const int why = errno;
  ::unlink(temporary.c_str());
  errno = why;
  return cannot_write(path);
}

}  // namespace

Result<bool> write_output(const std::string& path, std::string_view content) {
  if (path.empty()) {
    // A reader that has gone away, such as head, has read enough.
    if (write_all(STDOUT_FILENO, content) || errno == EPIPE) return true;
    return cannot_write("standard output");
  }
  return is_special(path) ? write_into(path, content) : replace(resolved(path), content);
}

}  // namespace relayproof::cli
