#include "crosscheck/expectation.h"

#include <algorithm>

namespace relayproof::crosscheck {
namespace {

using probe::CountsAs;
using probe::OutcomeKind;
using probe::RefusedAs;

// What a server said about relaying; unknown where its answer was about something else.
Truth observed(const probe::Outcome& outcome) {
  if (outcome.kind == OutcomeKind::accepted || outcome.kind == OutcomeKind::delivered) {
    return outcome.counts_as == CountsAs::relay ? Truth::yes : Truth::unknown;
  }
  const bool answered =
      outcome.kind == OutcomeKind::refused || outcome.kind == OutcomeKind::deferred;
  if (!answered || !outcome.refused_as) return Truth::unknown;
  switch (*outcome.refused_as) {
    case RefusedAs::relay:
    case RefusedAs::auth:
      return Truth::no;
    default:
      return Truth::unknown;
  }
}

std::uint16_t own_port(const Instance& instance, std::uint16_t port) {
  const auto found = instance.published.find(port);
  return found == instance.published.end() ? port : found->second;
}

bool listens_at(const policy::Listener& listener, const mail::IpAddress& address) {
  const std::string any = address.is_v6() ? "::" : "0.0.0.0";
  return listener.addresses.empty() ||
         std::any_of(listener.addresses.begin(), listener.addresses.end(), [&](const auto& text) {
           return text == any || mail::IpAddress::parse(text) == address;
         });
}

// The door of the policy behind a door of the network.
std::optional<std::size_t> door_of(const Instance& instance, const probe::Target& target) {
  const auto& policy = instance.loaded->policy;
  const auto port = own_port(instance, target.port);
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < policy.doors.size(); ++i) {
    const auto& door = policy.doors[i];
    if (door.port != port) continue;
    const bool here =
        instance.in_container || listens_at(policy.listeners.at(door.listener), target.address);
    // A process that stands in front has taken the place of the server itself.
    if (here && (!found || !door.seen.empty())) found = i;
  }
  return found;
}

}  // namespace

policy::Attempt attempt_of(const Instance& instance, const probe::DoorResult& door,
                           const probe::Outcome& outcome, const mail::IpAddress& client) {
  policy::Attempt attempt;
  attempt.client = client;
  attempt.helo = outcome.attempt.helo;
  attempt.tls = door.target.tls != mail::TlsMode::none;
  attempt.port = own_port(instance, door.target.port);
  if (!instance.in_container) attempt.server = door.target.address;
  attempt.mail_from = outcome.attempt.mail_from;
  attempt.rcpt_to = outcome.attempt.rcpt_to;
  if (!outcome.attempt.first_rcpt.empty()) attempt.after = {outcome.attempt.first_rcpt};
  return attempt;
}

mail::IpAddress seen_as(const policy::Door& door, const mail::IpAddress& client) {
  for (const auto& seen : door.seen) {
    if (seen.clients.contains(client)) return seen.as;
  }
  return client;
}

Truth relays(const Instance& instance, std::size_t listener, const policy::Attempt& attempt) {
  policy::DecideOptions options;
  options.screens_refuse = true;
  const auto decision = policy::decide(instance.loaded->policy, listener, attempt, options);
  using Reply = policy::Decision::Reply;
  if (decision.reply == Reply::reject || decision.reply == Reply::defer) return Truth::no;
  return decision.reply == Reply::accept ? decision.relay : Truth::unknown;
}

std::optional<Served> served_by(const std::vector<Instance>& instances,
                                const probe::Target& target) {
  for (const bool surely : {true, false}) {
    for (const auto& instance : instances) {
      const bool leads_in = !instance.reached_at || instance.reached_at->contains(target.port);
      if (surely && !leads_in) continue;
      if (const auto door = door_of(instance, target)) return Served{&instance, *door};
    }
  }
  return std::nullopt;
}

Comparison compare(const Instance& instance, std::size_t policy_door, const probe::DoorResult& door,
                   const mail::IpAddress& client) {
  Comparison comparison;
  const auto& policy = instance.loaded->policy.doors.at(policy_door);
  for (const auto& outcome : door.outcomes) {
    const Truth seen = observed(outcome);
    // What was claimed or done before makes it another attempt (XCLIENT, a login).
    if (seen == Truth::unknown || outcome.prelude != techniques::Prelude::none) continue;
    const auto attempt = attempt_of(instance, door, outcome, seen_as(policy, client));
    const Truth expected = relays(instance, policy.listener, attempt);
    if (expected == Truth::unknown) continue;
    ++comparison.compared;
    if (seen == expected) continue;
    ++(seen == Truth::yes ? comparison.open_only_outside : comparison.open_only_inside);
    if (!comparison.example) comparison.example = attempt;
  }
  return comparison;
}

}  // namespace relayproof::crosscheck
