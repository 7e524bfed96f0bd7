// What a configuration says to the very attempts that were made.
#pragma once

#include <optional>

#include "crosscheck/crosscheck.h"
#include "policy/decide.h"

namespace relayproof::crosscheck {

/// The attempt of an outcome as the policy sees it.
policy::Attempt attempt_of(const Instance& instance, const probe::DoorResult& door,
                           const probe::Outcome& outcome, const mail::IpAddress& client);

/// As whom the server sees a client who comes in by this door, by the model.
mail::IpAddress seen_as(const policy::Door& door, const mail::IpAddress& client);

/// Whether the configuration lets this client relay so: unknown where it does not decide.
Truth relays(const Instance& instance, std::size_t listener, const policy::Attempt& attempt);

/// The server behind a door of the network, and which of its policy's doors that is.
struct Served {
  const Instance* by = nullptr;
  std::size_t door = 0;
};
/// nullopt if no server has such a door. One that is known to be reached at this port goes before
/// one with a network of its own of which that is not known.
std::optional<Served> served_by(const std::vector<Instance>& instances,
                                const probe::Target& target);

/// The same questions, asked of both.
struct Comparison {
  std::size_t compared = 0;
  std::size_t open_only_outside = 0;  ///< relays, and should not
  std::size_t open_only_inside = 0;   ///< refuses, and might relay
  std::optional<policy::Attempt> example;
};
Comparison compare(const Instance& instance, std::size_t policy_door, const probe::DoorResult& door,
                   const mail::IpAddress& client);

}  // namespace relayproof::crosscheck
