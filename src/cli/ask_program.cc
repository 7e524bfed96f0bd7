#include "cli/ask_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"

extern char** environ;

namespace relayproof::cli {
namespace {

constexpr std::size_t most_output = std::size_t{16} << 20U;
constexpr std::size_t most_input = 4096;  // what a pipe takes at once (PIPE_BUF)

using Clock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close_writer();
  }
  bool is_open() const { return ends_[0] >= 0; }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_reader() { close(0); }
  void close_writer() { close(1); }

 private:
  void close(std::size_t end) {
    if (ends_.at(end) >= 0) ::close(ends_.at(end));
    ends_.at(end) = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

// The child's end, whatever it takes.
int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// False: it took too long, or printed too much.
bool read_all(int from, Clock::time_point until, std::string& to) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd ready{from, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0) return false;
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    to.append(buffer.data(), static_cast<std::size_t>(count));
    if (to.size() > most_output) return false;
  }
}

tl::unexpected<Error> failed(const std::string& name, const std::string& why) {
  return failure(escape_foreign(name, 80) + ": " + why);
}

pid_t start(const std::vector<std::string>& words, const Pipe& in, const Pipe& out) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.reader(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.writer(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  errno = error;
  return error == 0 ? child : -1;
}

}  // namespace

Result<std::string> ask_program(const std::vector<std::string>& words,
                                std::chrono::milliseconds patience, const std::string& input) {
  Pipe in;
  Pipe out;
  if (!in.is_open() || !out.is_open() || input.size() > most_input) {
    return failed(words.front(), "no pipe to it");
  }
  if (!input.empty() && ::write(in.writer(), input.data(), input.size()) < 0) {
    return failed(words.front(), std::strerror(errno));
  }
  in.close_writer();
  const pid_t child = start(words, in, out);
  if (child < 0) return failed(words.front(), std::strerror(errno));
  out.close_writer();
  std::string text;
  const bool whole = read_all(out.reader(), Clock::now() + patience, text);
  if (!whole) ::kill(child, SIGKILL);
  const int status = reap(child);
  if (!whole) return failed(words.front(), "it did not end");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return failed(words.front(), "it ended with an error");
  }
  return text;
}

}  // namespace relayproof::cli
