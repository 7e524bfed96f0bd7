#include "net/signals.h"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>

#include "net/await.h"

namespace relayproof::net {

Task<void> told_to_end() {
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::signal_set signals(executor, SIGINT, SIGTERM);
  co_await signals.async_wait(as_value);
}

}  // namespace relayproof::net
