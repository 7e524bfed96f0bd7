// The event loop: one thread, owned by main(), handed down.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "net/task.h"

namespace relayproof::net {

class Loop {
 public:
  /// Runs the task, and whatever it starts, until it ends; rethrows what it threw. Work that the
  /// task left behind stays suspended until the next run() or the end of the loop.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(context_, std::move(task), [&](std::exception_ptr error, T value) {
      thrown = error;
      result.emplace(std::move(value));
      context_.stop();
    });
    context_.restart();
    context_.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
  }

  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_{1};
};

}  // namespace relayproof::net
