// Coroutines of one loop that wait for each other.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <vector>

#include "net/task.h"

namespace relayproof::net {

/// Something may have changed: who waits looks again.
class Notice {
 public:
  /// Until the next call of tell(), from another coroutine of this loop.
  Task<void> wait();
  /// Everybody who waits goes on, when the caller waits itself.
  void tell();

 private:
  std::vector<std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

/// Tasks that are started one by one, side by side. Outlives them.
class Group {
 public:
  /// Before the first start(): where they run.
  Task<void> open();
  void start(Task<void> task);
  /// Until none is left. Rethrows the first exception of one.
  Task<void> ended();

 private:
  Task<void> run(Task<void> task);

  boost::asio::any_io_executor executor_;
  std::size_t running_ = 0;
  std::exception_ptr thrown_;
  Notice one_ended_;
};

}  // namespace relayproof::net
