// Time as a parameter, so that tests need not wait.
#pragma once

#include <chrono>

#include "net/task.h"

namespace relayproof::net {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  virtual std::chrono::system_clock::time_point wall() const = 0;
  virtual Task<void> sleep_until(TimePoint when) = 0;
};

}  // namespace relayproof::net
