// Lines to blame, in words.
#pragma once

#include <vector>

#include "questions/audit.h"

namespace relayproof::questions {

/// The blamed lines, and behind each the rule through which it works on this attempt.
std::vector<Cause> causes(const policy::Policy& policy, const policy::Door& door,
                          const policy::Exposure& exposure, policy::Solutions& solutions);

/// `any HELO`, `any sender`, or what exactly the witness says where it matters.
std::vector<std::string> needs(const policy::Exposure& exposure);

/// `every client`, `all of IPv4`, `all of IPv4 but 127.0.0.0/8`, `203.0.113.0/24`, `30 networks`.
std::string clients_in_words(const mail::IpSet& clients);

}  // namespace relayproof::questions
