// Access control lists (specification, chapter 44) as lists of rules, and as conditions where one
// is asked by another.
#pragma once

#include <optional>
#include <string_view>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// The list for an option as acl_smtp_rcpt, asked at this moment. nullopt: the option is not set.
std::optional<policy::ListId> lower_acl(Lowering& to, std::string_view option,
                                        policy::Moment moment, std::uint16_t port);

/// Set where a message, or one recipient, is thrown away by `discard`.
std::uint32_t discarded_mark(Lowering& to, policy::Moment moment);

}  // namespace relayproof::exim
