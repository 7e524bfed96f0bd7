// Accepts connections on one address; for the embedded servers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/loop.h"
#include "net/stream.h"

namespace relayproof::net {

class Listener {
 public:
  using Serve = std::function<Task<void>(std::unique_ptr<Stream>)>;
  virtual ~Listener() = default;  ///< stops accepting
  virtual std::uint16_t port() const = 0;
};

/// Serves each connection with `serve` while the loop runs. Port 0 takes a free one. What `serve`
/// throws ends that connection and becomes a line on standard error. With `certificate_names` the
/// streams can start_tls(), as the server, with a certificate made for these names.
Result<std::unique_ptr<Listener>> listen(
    Loop& loop, mail::IpAddress address, std::uint16_t port, Listener::Serve serve,
    const std::vector<std::string>& certificate_names = {},
    ClientCertificates clients = ClientCertificates::not_asked_for);

}  // namespace relayproof::net
