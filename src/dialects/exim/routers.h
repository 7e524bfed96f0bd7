// Routers (specification, chapters 15 to 22): where a recipient goes, and whether an address can be
// routed at all, which is what `verify` asks.
#pragma once

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// The route of a listener.
policy::ListId lower_routers(Lowering& to, std::uint16_t port);

/// Some router takes the address when it is verified. scope.address need not be it.
policy::ConditionId is_routable(Lowering& to, const Operand& address, bool as_recipient,
                                const Scope& scope);
/// Its verification ends in a deferral: `:defer:` of a router's data.
policy::ConditionId verification_defers(Lowering& to, const Operand& address, bool as_recipient,
                                        const Scope& scope);

}  // namespace relayproof::exim
