// What `iptables-save` and `ip6tables-save` print: the table `nat`.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "deployment/deployment.h"

namespace relayproof::deployment {

/// Adds the nat table. A condition that is not followed makes its rule uncertain, never silent.
/// Fails on a line that iptables-save does not print.
Result<bool> read_iptables(std::string_view text, const std::string& file, Deployment& to);

}  // namespace relayproof::deployment
