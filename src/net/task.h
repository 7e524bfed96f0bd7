// The coroutine type of everything that waits. Include this, not Asio.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <vector>

namespace relayproof::net {

template <class T>
using Task = boost::asio::awaitable<T>;

/// Runs all of them side by side, at most `limit` at a time, started in order; returns when the
/// last has ended. An exception of one is rethrown after all have ended.
Task<void> all(std::vector<Task<void>> tasks, std::size_t limit);

}  // namespace relayproof::net
