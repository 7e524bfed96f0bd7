#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
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

}  // namespace

Result<bool> write_output(const std::string& path, std::string_view content) {
  if (path.empty()) {
    // A reader that has gone away, such as head, has read enough.
    if (write_all(STDOUT_FILENO, content) || errno == EPIPE) return true;
    return cannot_write("standard output");
  }
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

}  // namespace relayproof::cli
