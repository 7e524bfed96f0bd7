// Pieces that the documents of audit and diff share.
#pragma once

#include <nlohmann/json.hpp>

#include "mail/ip_set.h"
#include "policy/attempt.h"

namespace relayproof::report {

using InsideJson = nlohmann::ordered_json;

/// `ipv4`, `ipv6`: networks, `complete` or the first of very many; `addresses`: how many of IPv4.
InsideJson clients_json(const mail::IpSet& set);
/// An attempt with the keys that `explain --attempts` reads; what is usual is left out.
InsideJson attempt_json(const policy::Attempt& attempt);

}  // namespace relayproof::report
