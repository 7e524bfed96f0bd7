#include "probe/converse.h"

#include <algorithm>

namespace relayproof::probe {
namespace {

void tell(smtp::Session& session, const net::IoFailure& failure) {
  if (failure.kind == net::Failure::timed_out) {
    session.timed_out();
  } else {
    session.closed_by_peer();
  }
}

net::Task<void> upgrade(net::Stream& stream, smtp::Session& session, net::Handshake tls,
                        net::TimePoint deadline) {
  const auto failure = co_await stream.start_tls(std::move(tls), deadline);
  if (failure) {
    session.tls_failed(failure->detail);
  } else {
    session.tls_started();
  }
}

}  // namespace

net::Task<void> converse(net::Stream& stream, smtp::Session& session, net::Handshake tls,
                         Waits waits, net::Clock& clock) {
  while (!session.ended()) {
    const bool greeted = session.record().greeting.has_value();
    const net::TimePoint deadline =
        std::min(waits.until, clock.now() + (greeted ? waits.reply : waits.greeting));
    std::string output = session.take_output();
    if (!output.empty()) {
      const auto failure = co_await stream.write(std::move(output), deadline);
      // A server that hangs up while we write may have said why: read on.
      if (failure && failure->kind == net::Failure::timed_out) {
        session.timed_out();
        co_return;
      }
    }
    if (session.ended() || session.idle()) co_return;
    if (session.wants_tls()) {
      co_await upgrade(stream, session, tls, deadline);
      continue;
    }
    const net::ReadResult got = co_await stream.read(deadline);
    if (!got.bytes.empty()) session.receive(got.bytes);
    if (got.failure) tell(session, *got.failure);
  }
}

}  // namespace relayproof::probe
