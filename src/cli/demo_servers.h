// Small servers for the demo: one of each kind that a prober must tell apart.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/listener.h"
#include "net/loop.h"
#include "smtp/receiver.h"

namespace relayproof::cli {

/// What a demo server is, for a person and for itself.
struct DemoServer {
  std::string title;  ///< one clause
  smtp::Policy policy;
};

/// The domain all of them are at home in; its mailboxes are postmaster and alice.
inline constexpr const char* demo_domain = "demo.example";

/// Open, closed, and one that takes everything and delivers nothing. None of them delivers.
std::vector<DemoServer> demo_servers();

/// Listens on a free port of 127.0.0.1 while the loop runs.
Result<std::unique_ptr<net::Listener>> serve(net::Loop& loop, net::Clock& clock,
                                             const smtp::Policy& policy);

}  // namespace relayproof::cli
