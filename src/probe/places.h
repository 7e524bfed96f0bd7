// The same host, asked from several places: a network that the server trusts shows only to those
// who ask from it and from elsewhere.
#pragma once

#include <string>
#include <vector>

#include "probe/observation.h"

namespace relayproof::probe {

/// Names the place of a run that was made somewhere.
void set_place(Run& run, const std::string& place);

/// One run of what several places found, the first of which lends it its name: all doors, each with
/// its place, and the worst verdict. A place from which nothing could be asked decides nothing
/// where another one got further; that it did not is noted. One run at least.
Run join(std::vector<Run> runs);

/// One door that places judged differently.
struct Disagreement {
  std::string code;  ///< its finding
  Target target;
  std::vector<std::string> open;    ///< places for which it relays
  std::vector<std::string> closed;  ///< places for which it does not
};

/// By door, in the order of the run.
std::vector<Disagreement> disagreements(const Run& run);

}  // namespace relayproof::probe
