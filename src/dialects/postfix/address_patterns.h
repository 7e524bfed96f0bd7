// The addresses whose text a pattern is found in: check_client_access asks pcre: and regexp: tables
// for `192.0.2.1` as for any other text.
#pragma once

#include <optional>

#include "mail/ip_set.h"
#include "patterns/pattern.h"

namespace relayproof::postfix {

/// nullopt where that is not worked out: the pattern's language is not known exactly, or the
/// addresses are scattered over more than some thousand networks.
std::optional<mail::IpSet> v4_with_text(const patterns::Pattern& pattern);
/// Only all or none of them: what `::` stands for differs from address to address.
std::optional<mail::IpSet> v6_with_text(const patterns::Pattern& pattern);

}  // namespace relayproof::postfix
