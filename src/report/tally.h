// What became of the techniques at one door, counted. Several outcomes of one technique (other
// senders) are one way of asking; the most that it reached counts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probe/observation.h"

namespace relayproof::report {

struct Tally {
  std::size_t asked = 0;  ///< all that were planned there, not-run included
  std::size_t relays = 0;
  std::size_t unclear = 0;  ///< accepted, but replies do not tell what it means
  std::size_t local = 0;
  std::size_t refused = 0;
  std::size_t deferred = 0;
  std::size_t not_run = 0;
  /// Reply words of the refused and deferred with how many techniques got them, most first.
  std::vector<std::pair<std::string, std::size_t>> refusals;
  std::string relay_reply;  ///< reply words of the first relay
};
Tally tally(const probe::DoorResult& door);

/// True if at least one question got an answer there.
bool answered(const probe::DoorResult& door);

/// The relays found, in the order of the outcomes, one for each technique.
std::vector<const probe::Outcome*> relays_of(const probe::DoorResult& door);

/// The first control of that name; nullptr if there was none.
const probe::Control* control_named(const probe::DoorResult& door, std::string_view name);

/// `550 5.1.1`: the code and the enhanced code of a reply.
std::string reply_words(const mail::Reply& reply);

}  // namespace relayproof::report
