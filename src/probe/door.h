// Asks one door: sessions in doses the server bears, side by side as far as it bears that, too,
// until every question of its battery is answered or it does not let us ask any more.
#pragma once

#include <functional>

#include "net/network.h"
#include "probe/battery.h"
#include "probe/budget.h"
#include "probe/converse.h"
#include "probe/observation.h"

namespace relayproof::probe {

struct DoorOptions {
  Target target;
  std::optional<mail::IpAddress> source;  ///< nullopt: the system chooses
  BatteryOptions battery;
  ServerNames names;
  Waits waits;
  std::size_t connection_limit = 60;
  bool transcripts = true;   ///< are kept
  Budget* budget = nullptr;  ///< nullptr: one session after the other
  /// Called once when the own domain is known as well as it will be, with what was learnt of the
  /// door so far, and when the door has ended without; may be empty.
  std::function<void(const DoorResult&)> at_home;
  /// Called after each batch with the number of attempts answered since; may be empty.
  std::function<void(std::size_t)> progress;
};

/// The observations, judged but for what depends on the place.
net::Task<DoorResult> ask_door(net::Network& network, DoorOptions options);

}  // namespace relayproof::probe
