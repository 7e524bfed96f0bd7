#include "repair/command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>

#include "base/text.h"

namespace relayproof::repair {
namespace {

constexpr std::size_t most_said = 64 * 1024;
constexpr std::string_view system_places = "/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin";

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* set = std::getenv("PATH");
  const auto places = std::string(set == nullptr ? "" : set) + ":" + std::string(system_places);
  for (const auto place : split(places, ':')) {
    if (place.empty()) continue;
    auto path = std::string(place) + "/" + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

pid_t start(const std::string& program, const std::vector<std::string>& words, int output) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t usual;
  ::sigemptyset(&none);
  ::sigemptyset(&usual);
  ::sigaddset(&usual, SIGPIPE);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t child = -1;
  const int error =
      ::posix_spawn(&child, program.c_str(), &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error == 0 ? child : -1;
}

using Clock = std::chrono::steady_clock;

// Until it has said all, or its time is over.
bool read_until(int input, Clock::time_point end, std::string& said) {
  std::array<char, 4096> piece{};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{input, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t count = ::read(input, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    const auto room = most_said - std::min(most_said, said.size());
    said.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
  }
}

}  // namespace

std::optional<Ended> run_command(const std::vector<std::string>& words, int seconds) {
  const auto program = words.empty() ? std::string() : find_program(words.front());
  std::array<int, 2> pipe{};
  if (program.empty() || ::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  const pid_t child = start(program, words, pipe[1]);
  ::close(pipe[1]);
  Ended ended;
  if (child > 0) {
    if (!read_until(pipe[0], Clock::now() + std::chrono::seconds(seconds), ended.said)) {
      ::kill(child, SIGKILL);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  ::close(pipe[0]);
  return child > 0 ? std::optional(ended) : std::nullopt;
}

}  // namespace relayproof::repair
