// What the tests of this layer share: the loop, the real network on loopback, and a patient
// deadline.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mail/ip_address.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/system_network.h"

namespace relayproof::net {

/// Long enough for any machine: reaching it is a failure of the test, never a part of it.
inline TimePoint far_away() { return std::chrono::steady_clock::now() + std::chrono::seconds(60); }
/// For waits that can end by their deadline only.
inline TimePoint soon() { return std::chrono::steady_clock::now() + std::chrono::milliseconds(30); }
inline TimePoint already_past() { return std::chrono::steady_clock::now(); }

inline mail::IpAddress ip(std::string_view text) { return mail::IpAddress::parse(text).value(); }

class OnLoopback : public testing::Test {
 protected:
  OnLoopback() : network(system_network(loop, {}).value()) {}

  /// Serves on a free port of `address`.
  std::uint16_t serve(Listener::Serve how, const std::vector<std::string>& certificate_names = {},
                      std::string_view address = "127.0.0.1") {
    listeners.push_back(listen(loop, ip(address), 0, std::move(how), certificate_names).value());
    return listeners.back()->port();
  }

  std::unique_ptr<Stream> connected(std::uint16_t port) {
    auto stream = loop.run(network->connect({ip("127.0.0.1"), port}, std::nullopt, far_away()));
    return std::move(stream.value());
  }

  Loop loop;
  std::unique_ptr<Network> network;
  std::vector<std::unique_ptr<Listener>> listeners;
};

}  // namespace relayproof::net
