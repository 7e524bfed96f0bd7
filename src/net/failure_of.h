// From the words of the system, Asio and OpenSSL to ours.
#pragma once

#include <boost/system/error_code.hpp>

#include "net/stream.h"

namespace relayproof::net {

/// What an operation's error means; `error` must be one.
IoFailure failure_of(const boost::system::error_code& error);

/// The same for a value of errno.
IoFailure failure_of_errno(int number);

/// What every wait reports when its deadline passes.
IoFailure deadline_passed();

}  // namespace relayproof::net
