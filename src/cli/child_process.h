// Another program whose output is read.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace relayproof::cli {

/// Runs with standard input from a descriptor; ended and waited for when this goes.
class ChildProcess {
 public:
  /// What becomes of its standard error.
  enum class Complaints { dropped, shown };

  /// `words`: program, looked up in PATH, and arguments. `input` < 0: /dev/null.
  static Result<ChildProcess> start(const std::vector<std::string>& words, int input,
                                    Complaints complaints = Complaints::dropped);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  int output() const { return output_; }
  /// Waits for its end after its output did; its exit status, -1 for a signal.
  int wait();

 private:
  ChildProcess(pid_t id, int output) : id_(id), output_(output) {}
  pid_t id_;
  int output_;
};

}  // namespace relayproof::cli
