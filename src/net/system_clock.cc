#include "net/system_clock.h"

#include <boost/asio/steady_timer.hpp>

#include "net/await.h"

namespace relayproof::net {

TimePoint SystemClock::now() const { return std::chrono::steady_clock::now(); }

std::chrono::system_clock::time_point SystemClock::wall() const {
  return std::chrono::system_clock::now();
}

Task<void> SystemClock::sleep_until(TimePoint when) {
  boost::asio::steady_timer timer(loop_.context(), when);
  co_await timer.async_wait(as_value);
}

}  // namespace relayproof::net
