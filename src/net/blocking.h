// Calls of the C library that block, without blocking the loop or the end of the program.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "net/clock.h"

namespace relayproof::net {

/// Runs `call` in a thread of its own that nobody waits for; true once it has returned, false if
/// the deadline came first (`call` goes on then) or the thread could not be made. `call` must own
/// all that it touches.
Task<bool> run_aside(boost::asio::any_io_executor executor, std::function<void()> call,
                     TimePoint deadline);

/// The result of such a call, which may come after its waiter has gone.
template <class T>
class Handover {
 public:
  void put(T value) {
    const std::lock_guard<std::mutex> lock(mutex_);
    value_ = std::move(value);
  }
  std::optional<T> take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(value_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<T> value_;
};

/// What `call` returns, or nullopt as run_aside() is false. `call` owns all that it touches.
template <class T>
Task<std::optional<T>> result_of(boost::asio::any_io_executor executor, std::function<T()> call,
                                 TimePoint deadline) {
  const auto handover = std::make_shared<Handover<T>>();
  std::function<void()> run = [handover, call = std::move(call)] { handover->put(call()); };
  const bool returned = co_await run_aside(std::move(executor), std::move(run), deadline);
  if (!returned) co_return std::nullopt;
  co_return handover->take();
}

}  // namespace relayproof::net
