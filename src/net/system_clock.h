// The time of this machine.
#pragma once

#include "net/clock.h"
#include "net/loop.h"

namespace relayproof::net {

class SystemClock final : public Clock {
 public:
  explicit SystemClock(Loop& loop) : loop_(loop) {}

  TimePoint now() const override;
  std::chrono::system_clock::time_point wall() const override;
  Task<void> sleep_until(TimePoint when) override;

 private:
  Loop& loop_;
};

}  // namespace relayproof::net
