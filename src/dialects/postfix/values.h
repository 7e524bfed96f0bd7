// What Postfix's programs refuse in values of parameters when they start.
#pragma once

#include <optional>
#include <string_view>

#include "dialects/postfix/config.h"
#include "dialects/postfix/parameters.h"

namespace relayproof::postfix {

/// Why Postfix would stop at this value: a boolean that is neither yes nor no, a number that is
/// none or too small, an empty value where there must be one, a failed expansion.
std::optional<Problem> refusal_of(const Parameter& parameter, const Value& value);

/// The same for parameters with rules of their own: myhostname, mydomain, myorigin, relayhost,
/// mynetworks_style, inet_protocols, compatibility_level.
std::vector<Problem> refusals_of_all_programs(const Config& config);

}  // namespace relayproof::postfix
