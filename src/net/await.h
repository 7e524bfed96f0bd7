// How this layer waits: what went wrong comes back as a value, never as an exception.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace relayproof::net {

/// A completion token: `auto [error, ...] = co_await operation(..., as_value)`.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<>> as_value{};

}  // namespace relayproof::net
