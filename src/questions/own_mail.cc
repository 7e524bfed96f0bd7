#include "questions/own_mail.h"

#include <algorithm>
#include <string>
#include <vector>

#include "policy/reach.h"
#include "policy/solutions.h"
#include "questions/audit.h"

namespace relayproof::questions {
namespace {

using policy::Attempt;
using policy::Decision;
using policy::Door;
using policy::Policy;

constexpr std::size_t most_domains = 1000;

bool is_taken(const Policy& policy, const Door& door, const Attempt& attempt,
              const policy::Suppressed& without) {
  policy::DecideOptions options;
  options.suppressed = without;
  return policy::decide(policy, door.listener, attempt, options).reply == Decision::Reply::accept;
}

bool is_delivered_here(const Policy& policy, const Door& door, const Attempt& attempt) {
  const auto decision = policy::decide(policy, door.listener, attempt);
  return decision.reply == Decision::Reply::accept &&
         std::any_of(decision.ends.begin(), decision.ends.end(),
                     [](const auto& end) { return end.fate == policy::Fate::local; });
}

// Whether strangers' mail goes to the port where it belongs.
bool is_taken_at_port_25(const Policy& policy, Attempt attempt) {
  attempt.port = 25;
  return std::any_of(policy.doors.begin(), policy.doors.end(), [&](const Door& door) {
    return door.port == 25 && door.clients.contains(attempt.client) &&
           policy.listeners.at(door.listener).runs && is_taken(policy, door, attempt, {});
  });
}

}  // namespace

policy::Suppressed hole_of(const Policy& policy, const Door& door) {
  policy::Suppressed hole;
  policy::Solutions solutions;
  policy::ReachOptions options;
  options.solutions = &solutions;
  options.prefer = mail::globally_routable();
  for (const auto& exposure : policy::reach(policy, door, options).exposures) {
    if (!exposure.surely || (exposure.clients & mail::globally_routable()).empty()) continue;
    for (const auto line : blame(policy, door, exposure, solutions)) hole.insert(line);
  }
  return hole;
}

std::optional<Attempt> own_mail_lost(const Policy& before, const Door& door,
                                     const policy::Suppressed& hole, const Policy& after,
                                     const Door& door_after, const Attempt& like) {
  std::vector<std::string> recipients{like.rcpt_to};
  for (const auto& domain : before.answers_for) {
    if (recipients.size() > most_domains) break;
    for (const std::string local : {"postmaster", "someone"}) {
      recipients.push_back("<" + local + "@" + domain + ">");
    }
  }
  for (auto& recipient : recipients) {
    auto attempt = like;
    attempt.rcpt_to = std::move(recipient);
    const bool by_right =
        is_delivered_here(before, door, attempt) || is_taken(before, door, attempt, hole);
    if (!by_right || is_taken(after, door_after, attempt, {})) continue;
    if (door.port == 25 || !is_taken_at_port_25(after, attempt)) return attempt;
  }
  return {};
}

}  // namespace relayproof::questions
