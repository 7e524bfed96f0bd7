// Asks one door: sessions in doses the server bears, side by side as far as it bears that, too,
// until every question of its battery is answered or it does not let us ask any more.
#pragma once

#include <functional>

#include "net/network.h"
#include "probe/battery.h"
#include "probe/converse.h"
#include "probe/observation.h"

namespace relayproof::probe {

/// Sessions at a time with one server, over all of its doors that are asked together.
struct Budget {
  std::size_t sessions = 1;
  std::size_t doors = 0;  ///< of those asked together, how many have not ended: each has one
  std::size_t ended = 0;  ///< doors that have: what they had is shared anew

  /// Sessions that each door may have besides its own.
  std::size_t share() const {
    return doors > 0 && doors < sessions ? (sessions - doors) / doors : 0;
  }
};

struct DoorOptions {
  Target target;
  std::optional<mail::IpAddress> source;  ///< nullopt: the system chooses
  BatteryOptions battery;
  ServerNames names;
  Waits waits;
  std::size_t connection_limit = 60;
  bool transcripts = true;   ///< are kept
  Budget* budget = nullptr;  ///< nullptr: one session after the other
  /// Called after each batch with the number of attempts answered since; may be empty.
  std::function<void(std::size_t)> progress;
};

/// The observations, judged but for what depends on the place.
net::Task<DoorResult> ask_door(net::Network& network, DoorOptions options);

}  // namespace relayproof::probe
