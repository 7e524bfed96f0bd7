// What nmap's smtp-open-relay would say of the same answers, and why we say something else.
#pragma once

#include <string>
#include <vector>

#include "probe/observation.h"
#include "report/render.h"

namespace relayproof::report {

/// As that script (nmap 7.93) concludes: sixteen tests in one session, each positive answer to RCPT
/// counted, no controls, no second sender.
struct NmapVerdict {
  std::string says;              ///< its sentence
  bool open = false;             ///< it calls it an open relay
  std::vector<std::string> why;  ///< each difference to our verdict, one clause each
};
NmapVerdict as_nmap(const probe::DoorResult& door);

/// A paragraph a door that was asked in full; empty if none of its tests was asked.
std::string as_nmap_lines(const probe::Run& run, const TextOptions& options);

}  // namespace relayproof::report
