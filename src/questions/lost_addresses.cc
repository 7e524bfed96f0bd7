#include "questions/lost_addresses.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "policy/decide.h"
#include "questions/causes.h"

namespace relayproof::questions {
namespace {

// Addresses of one host: who is not among the strangers is no news.
constexpr std::uint64_t most_own = 64;

}  // namespace

std::string strangers_in_words(const mail::IpSet& clients) {
  const auto routable = mail::globally_routable();
  const std::pair<mail::IpSet, std::string_view> families[] = {
      {routable, "every client"},
      {routable & mail::IpSet::all_v4(), "every IPv4 client"},
      {routable & mail::IpSet::all_v6(), "every IPv6 client"}};
  const auto strangers = clients & routable;
  for (const auto& [whole, name] : families) {
    // IPv4-mapped and the like aside, from which nobody connects, and the host's own addresses.
    const auto others = whole - strangers;
    if (!strangers.empty() && strangers.is_subset_of(whole) && others.size_v4() <= most_own &&
        others.size_v6() <= most_own) {
      return std::string(name);
    }
  }
  return clients_in_words(strangers);
}

const policy::Origin* trusting_line(const policy::Policy& policy, const AuditedDoor& audited,
                                    const policy::Door& door, const policy::Door::Seen& seen) {
  for (const auto& exposure : audited.exposures) {
    const auto client = (exposure.exposure.clients & seen.clients).example();
    if (!exposure.exposure.surely || !client) continue;
    auto attempt = exposure.exposure.witness;
    attempt.client = *client;
    const auto decision = policy::decide(policy, door.listener, attempt);
    if (decision.relay != Truth::yes) continue;
    for (const auto& step : decision.trace) {
      if (step.result != policy::Step::Result::permit) continue;
      const auto origin = step.because.empty() ? step.origin : step.because.front();
      if (origin != 0) return &policy.origins.at(origin);
    }
  }
  return nullptr;
}

void add_lost_addresses(const dialects::Loaded& loaded, const AuditedDoor& audited,
                        const policy::Door& door, std::vector<Finding>& to) {
  for (const auto& seen : door.seen) {
    const auto strangers = seen.clients & mail::globally_routable();
    if (strangers.empty()) continue;
    const auto& origin = loaded.policy.origins.at(seen.origin);
    const auto relaying = strangers & audited.relays;
    const std::string as = seen.as.to_string();
    if (!relaying.empty()) {
      to.push_back({"RP2019", Severity::critical, origin.range,
                    fmt::format("{} may relay through {}, because the server sees them as {} ({})",
                                strangers_in_words(relaying), audited.name, as, seen.how),
                    "let real addresses through, or do not trust " + as});
    } else {
      to.push_back({"RP2020", Severity::low, origin.range,
                    fmt::format("{} sees {} as {} ({}): block lists, limits and bans hit all of "
                                "them or nobody",
                                audited.name, strangers_in_words(strangers), as, seen.how),
                    "let real addresses through, and never trust " + as});
    }
  }
}

}  // namespace relayproof::questions
