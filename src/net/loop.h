// The event loop: one thread, owned by main(), handed down.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <type_traits>
#include <utility>

#include "net/task.h"

namespace relayproof::net {

class Loop {
 public:
  /// Runs the task, and whatever it starts, until it ends; rethrows what it threw. Work that the
  /// task left behind stays suspended until the next run() or the end of the loop.
  template <class T>
  T run(Task<T> task) {
    if constexpr (std::is_void_v<T>) {
      run_to_the_end(std::move(task));
    } else {
      std::optional<T> result;
      run_to_the_end(store(std::move(task), &result));
      return std::move(*result);
    }
  }

  boost::asio::io_context& context() { return context_; }

 private:
  template <class T>
  static Task<void> store(Task<T> task, std::optional<T>* result) {
    T value = co_await std::move(task);
    result->emplace(std::move(value));
  }
  void run_to_the_end(Task<void> task);

  boost::asio::io_context context_{1};
};

}  // namespace relayproof::net
