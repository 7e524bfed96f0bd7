// Why prediction and observation differ at a door, as far as the evidence goes.
#pragma once

#include <string>
#include <vector>

#include "crosscheck/crosscheck.h"
#include "crosscheck/expectation.h"

namespace relayproof::crosscheck {

/// The first evidence that the server saw us at this door under another address than ours.
const SeenAs* rewritten_at(const Evidence& evidence, const probe::Target& door);

/// The files changed after its processes read them.
bool is_outdated(const Instance& instance);

/// One sentence: the likely cause, or what could be looked at.
std::string why_open_outside(const Evidence& evidence, const Instance& instance,
                             std::size_t policy_door, const probe::DoorResult& door);
std::string why_closed_outside(const Evidence& evidence, const Instance& instance,
                               const probe::DoorResult& door);

/// What no single door tells: families that decide differently, rewritten addresses, processes that
/// are older than their files.
void add_overall(const Evidence& evidence, std::vector<Finding>& to);

/// `192.0.2.25 port 25`, with STARTTLS or TLS.
std::string in_words(const probe::Target& door);

}  // namespace relayproof::crosscheck
