// reach(): the same policy on all attempts at once. From which addresses can somebody without
// credentials reach a recipient outside?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mail/ip_set.h"
#include "policy/attempt.h"
#include "policy/decide.h"
#include "policy/policy.h"

namespace relayproof::policy {

class Solutions;

/// Where the work ends; beyond it the answer is `too_large`, and everything is possible.
struct ReachBudget {
  std::size_t nodes = 2'000'000;     ///< of decision diagrams
  std::size_t paths = 200'000;       ///< combinations of text conditions looked at
  std::size_t candidates = 300'000;  ///< texts tried in all
};

/// A set of clients, and one attempt that works for every one of them.
struct Exposure {
  mail::IpSet clients;
  Attempt witness;  ///< its client is one of them, a plausible one
  bool any_helo = false;
  bool any_sender = false;
  bool needs_name = false;  ///< works only with the witness's confirmed or forged name
  bool surely = true;       ///< false: if the open questions are answered so
};

struct Reach {
  mail::IpSet surely;    ///< relays, whatever the open questions are answered
  mail::IpSet possibly;  ///< relays for some answers
  std::vector<Exposure> exposures;
  std::vector<std::uint32_t> hangs_on;  ///< questions that separate `possibly` from `surely`
  std::vector<std::uint32_t> premises;  ///< premise questions without which it would not be closed
  bool too_large = false;               ///< a budget ran out: `possibly` is everything
  std::vector<std::string> limits;      ///< in words: which pattern, which budget
  std::vector<std::string> broken;  ///< witnesses that decide() did not confirm: a fault of ours
};

struct ReachOptions {
  ReachBudget budget;
  Suppressed suppressed;
  mail::IpSet prefer;  ///< clients that a witness should come from, if it can
  bool premises_hold = true;
  /// Kept by who asks about the same policy several times; null: each time anew.
  Solutions* solutions = nullptr;
};

/// For one door. Every witness was run through decide().
Reach reach(const Policy& policy, const Door& door, const ReachOptions& options = {});

/// Attempts without credentials that two policies decide differently at these doors.
struct Difference {
  enum class Kind : std::uint8_t { relays_now, relays_no_longer, taken_now, taken_no_longer } kind;
  mail::IpSet clients;
  Attempt witness;
};
struct Differences {
  std::vector<Difference> found;
  bool too_large = false;
  std::vector<std::string> limits;
};
Differences differences(const Policy& before, const Door& door_before, const Policy& after,
                        const Door& door_after, const ReachOptions& options = {});

}  // namespace relayproof::policy
