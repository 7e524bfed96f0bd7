// What a server's own logs tell of the last days: whether strangers used it, and who relays without
// a password and would lose that.
#pragma once

#include <optional>
#include <string>

#include "cli/instances.h"
#include "logs/summary.h"
#include "report/check.h"

namespace relayproof::cli {

struct PastUse {
  std::string log;  ///< which one was read
  logs::Summary summary;
};

constexpr int past_days = 7;

/// Of the last `past_days`; nullopt if there is no log that we may read, or it is too large to be
/// read on the side.
std::optional<PastUse> past_use(const FoundInstance& instance, const mail::IpSet& trusted);

/// What was relayed for strangers, and for the addresses under which strangers appear; nullopt if
/// nothing was.
std::optional<report::Abuse> abuse_of(const FoundInstance& instance, const PastUse& use);

/// `172.22.1.5 sent 1,204 messages in 7 days`, of those in the set who sent the most; empty if
/// nobody did.
std::string use_of(const PastUse& use, const mail::IpSet& clients);

}  // namespace relayproof::cli
