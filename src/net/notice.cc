#include "net/notice.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "net/await.h"

namespace relayproof::net {

Task<void> Notice::wait() {
  // Never expires: told by being cancelled.
  const auto timer = std::make_shared<boost::asio::steady_timer>(
      co_await boost::asio::this_coro::executor, boost::asio::steady_timer::time_point::max());
  waiting_.push_back(timer);
  co_await timer->async_wait(as_value);
}

void Notice::tell() {
  const auto waiting = std::exchange(waiting_, {});
  for (const auto& timer : waiting) timer->cancel();
}

Task<void> Group::open() { executor_ = co_await boost::asio::this_coro::executor; }

void Group::start(Task<void> task) {
  ++running_;
  boost::asio::co_spawn(executor_, run(std::move(task)), boost::asio::detached);
}

Task<void> Group::run(Task<void> task) {
  try {
    co_await std::move(task);
  } catch (...) {
    if (!thrown_) thrown_ = std::current_exception();
  }
  --running_;
  one_ended_.tell();
}

Task<void> Group::ended() {
  while (running_ > 0) co_await one_ended_.wait();
  if (thrown_) std::rethrow_exception(thrown_);
}

}  // namespace relayproof::net
