#include "cli/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

extern char** environ;

namespace relayproof::cli {

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& words, int input,
                                         Complaints complaints) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failure(words.front() + ": " + std::strerror(errno));
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (input >= 0) {
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  } else {
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  if (complaints == Complaints::dropped) {
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t id = -1;
  const int error = ::posix_spawnp(&id, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return failure(words.front() + ": " + std::strerror(error));
  }
  return ChildProcess(id, ends[0]);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : id_(other.id_), output_(other.output_) {
  other.id_ = -1;
  other.output_ = -1;
}

ChildProcess::~ChildProcess() {
  if (output_ >= 0) ::close(output_);
  if (id_ < 0) return;
  ::kill(id_, SIGTERM);
  wait();
}

int ChildProcess::wait() {
  if (id_ < 0) return -1;
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace relayproof::cli
