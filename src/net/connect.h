// Opens TCP connections.
#pragma once

#include <optional>

#include "net/loop.h"
#include "net/network.h"
#include "net/tls.h"

namespace relayproof::net {

/// As Network::connect(); `tls` is for the stream's start_tls().
Task<IoResult<std::unique_ptr<Stream>>> connect_tcp(boost::asio::any_io_executor executor,
                                                    TlsContext tls, Endpoint to,
                                                    std::optional<mail::IpAddress> source,
                                                    TimePoint deadline);

}  // namespace relayproof::net
