// Moves the bytes between an SMTP session and a connection, and keeps the time.
#pragma once

#include <string>

#include "net/clock.h"
#include "net/stream.h"
#include "smtp/session.h"

namespace relayproof::probe {

/// How long each kind of wait may take; `until` bounds all of them.
struct Waits {
  net::Duration connect = std::chrono::seconds(10);
  net::Duration greeting = std::chrono::seconds(60);  ///< greet delays of 6 to 30 s are common
  net::Duration reply = std::chrono::seconds(30);
  net::TimePoint until = net::TimePoint::max();
};

/// Drives the session until it is idle or has ended. `tls`: how it begins behind STARTTLS.
net::Task<void> converse(net::Stream& stream, smtp::Session& session, net::Handshake tls,
                         Waits waits, net::Clock& clock);

}  // namespace relayproof::probe
