// The report formats of probe and check. Each renders a finished Run; nothing here decides.
#pragma once

#include <string>

#include "probe/observation.h"

namespace relayproof::report {

struct TextOptions {
  bool colour = false;
  bool utf8 = false;       ///< the locale can show more than ASCII
  bool verbose = false;    ///< every relay found with its lines by hand, every control
  bool transcript = false;
  bool check = false;      ///< `check` says what to do next; `probe` does not
};

/// What stands before the run: whom we ask, as whom, and what its log will show.
/// `refusals`: how many refused recipients the plan will cause at most.
struct Announcement {
  std::string host;
  std::string mail_domain;
  std::string our_name;
  std::vector<mail::IpAddress> sources;
  std::size_t refusals = 0;
  bool data_phase = false;
};
std::string announce(const Announcement& announcement);

/// SCREENS: verdict first, a line a door, its words, by hand, next.
std::string text(const probe::Run& run, const TextOptions& options);
/// `relayproof/probe-run/1`, pretty-printed.
std::string json(const probe::Run& run);
/// `relayproof/probe/1`, one line, ends with a newline.
std::string json_line(const probe::Run& run, const probe::DoorResult& door);
/// `relayproof/check/1`, pretty-printed.
std::string check_json(const probe::Run& run);
/// The catalogue: a table, or `relayproof/techniques/1`.
std::string techniques_text();
std::string techniques_json();

/// A relay, shown by hand with programs that everybody has.
struct ByHand {
  std::string swaks;
  std::string nc;
};
ByHand by_hand(const probe::DoorResult& door, const probe::Outcome& outcome);

}  // namespace relayproof::report
