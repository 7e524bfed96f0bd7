#include "cli/log_follow.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace relayproof::cli {
namespace {

constexpr int look_again_ms = 1000;
constexpr std::size_t longest_line = std::size_t{1} << 20U;

using Take = std::function<void(std::string_view lines)>;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(-1); }
  void reset(int number) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
  }
  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> cannot_read(const std::string& path) {
  return failure(std::string("cannot read: ") + std::strerror(errno), {path, 0, 0});
}

// Collects bytes and hands out the lines that are whole.
class Lines {
 public:
  explicit Lines(const Take& take) : take_(take) {}

  // What read() gives now; 0 at the end of what there is, nullopt for an error.
  std::optional<std::size_t> read(int descriptor) {
    std::array<char, 65536> bytes{};
    for (;;) {
      const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) return 0;
      if (count < 0) return std::nullopt;
      add({bytes.data(), static_cast<std::size_t>(count)});
      return static_cast<std::size_t>(count);
    }
  }

  // The last line, whole or not.
  void end() {
    if (!text_.empty()) take_(text_);
    text_.clear();
  }

 private:
  void add(std::string_view bytes) {
    text_ += bytes;
    const auto end = text_.rfind('\n');
    if (end == std::string::npos) {
      if (text_.size() > longest_line) text_.clear();
      return;
    }
    take_(std::string_view(text_).substr(0, end + 1));
    text_.erase(0, end + 1);
  }

  const Take& take_;
  std::string text_;
};

// Wakes when something happens in the file's folder, or after a second.
class Watch {
 public:
  explicit Watch(const std::string& path) : notify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    if (notify_.number() >= 0) {
      ::inotify_add_watch(notify_.number(), folder.c_str(),
                          IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
    }
  }

  void wait() {
    pollfd wanted{notify_.number(), POLLIN, 0};
    if (::poll(&wanted, 1, look_again_ms) <= 0) return;
    std::array<char, 4096> ignored{};
    while (::read(notify_.number(), ignored.data(), ignored.size()) > 0) {
    }
  }

 private:
  Descriptor notify_;
};

// Whether another file stands under the name now; a name without a file is not one yet.
bool was_replaced(int descriptor, const std::string& path) {
  struct stat open {};
  struct stat named {};
  if (::fstat(descriptor, &open) != 0 || ::stat(path.c_str(), &named) != 0) return false;
  return open.st_ino != named.st_ino || open.st_dev != named.st_dev;
}

// Notices that a file was cut, also if as much has been written since: it begins differently.
class Beginning {
 public:
  void start_anew_if_cut(int descriptor) {
    std::array<char, 256> bytes{};
    const ssize_t count = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    if (count < 0) return;
    const std::string_view now(bytes.data(), static_cast<std::size_t>(count));
    if (!now.starts_with(known_)) ::lseek(descriptor, 0, SEEK_SET);
    known_ = now;
  }
  void forget() { known_.clear(); }

 private:
  std::string known_;
};

}  // namespace

Result<bool> follow_log(const LogFile& file, const Take& take, const std::function<void()>& idle,
                        const std::function<bool()>& stopped) {
  Watch watch(file.path);
  Descriptor log(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (log.number() < 0) return cannot_read(file.path);
  Lines lines(take);
  Beginning beginning;
  while (!stopped()) {
    // Asked first, read then: what was written before it was renamed is not lost.
    const bool replaced = was_replaced(log.number(), file.path);
    beginning.start_anew_if_cut(log.number());
    const auto count = lines.read(log.number());
    if (!count) return cannot_read(file.path);
    if (*count > 0) continue;
    if (replaced) {
      lines.end();
      beginning.forget();
      log.reset(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
      if (log.number() < 0) return cannot_read(file.path);
      continue;
    }
    idle();
    watch.wait();
  }
  return true;
}

Result<bool> follow_stream(int descriptor, const std::string& name, const Take& take,
                           const std::function<void()>& idle,
                           const std::function<bool()>& stopped) {
  Lines lines(take);
  while (!stopped()) {
    pollfd wanted{descriptor, POLLIN, 0};
    if (::poll(&wanted, 1, 0) == 0) {
      idle();
      ::poll(&wanted, 1, -1);
      continue;
    }
    const auto count = lines.read(descriptor);
    if (!count) return cannot_read(name);
    if (*count == 0 && !stopped()) break;
  }
  lines.end();
  return true;
}

}  // namespace relayproof::cli
