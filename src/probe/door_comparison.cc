#include "probe/door_comparison.h"

#include <algorithm>

namespace relayproof::probe {

bool only_wants_tls(const DoorResult& door) {
  bool wants = false;
  for (const auto& outcome : door.outcomes) {
    if (outcome.kind == OutcomeKind::not_run) continue;
    if (outcome.prelude != techniques::Prelude::none) continue;
    if (outcome.refused_as != RefusedAs::tls) return false;
    wants = true;
  }
  return wants;
}

bool offers_starttls(const DoorResult& door) {
  return door.reached == Reached::yes && door.target.tls == mail::TlsMode::none &&
         std::find(door.extensions.begin(), door.extensions.end(), "STARTTLS") !=
             door.extensions.end();
}

bool differs(const DoorResult& door, const DoorResult& first) {
  if (door.reached != Reached::yes) return false;
  for (const auto& outcome : door.outcomes) {
    const auto same =
        std::find_if(first.outcomes.begin(), first.outcomes.end(), [&](const Outcome& other) {
          return other.technique == outcome.technique &&
                 other.attempt.mail_from == outcome.attempt.mail_from;
        });
    const bool taken_here = outcome.kind == OutcomeKind::accepted;
    const bool taken_there = same != first.outcomes.end() && same->kind == OutcomeKind::accepted;
    if (taken_here != taken_there) return true;
  }
  return door.verdict != first.verdict;
}

}  // namespace relayproof::probe
