// Asks one door: sessions one after the other, in doses the server bears, until every question of
// its battery is answered or it does not let us ask any more.
#pragma once

#include <functional>

#include "net/network.h"
#include "probe/battery.h"
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
  /// Called after each batch with the number of attempts answered since; may be empty.
  std::function<void(std::size_t)> progress;
};

/// The observations, judged but for what depends on the place.
net::Task<DoorResult> ask_door(net::Network& network, DoorOptions options);

}  // namespace relayproof::probe
