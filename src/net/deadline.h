// Cancels an operation when its time is up.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "net/clock.h"

namespace relayproof::net {

/// What would be late already is not tried: a peer that always has another byte ready must not
/// carry us past the deadline.
bool is_past(TimePoint deadline);

/// Lives as long as the wait that it guards. Calls `cancel` at most once, from the loop, and never
/// after its own end.
class Deadline {
 public:
  Deadline(const boost::asio::any_io_executor& executor, TimePoint when,
           std::function<void()> cancel);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool passed() const;

 private:
  struct Watch;
  std::shared_ptr<Watch> watch_;
};

}  // namespace relayproof::net
