// What a router asks before it is used, and what it does with an address: the parts of which both
// the route and the verification of an address are made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialects/exim/expand.h"

namespace relayproof::exim {

enum class Purpose : std::uint8_t { delivery, verify_sender, verify_recipient };

/// The address as the router sees it: prefix and suffix taken off.
Operand stripped(Lowering& to, const Instance& router, const Operand& address);

/// The address with the percent hack applied, and when that is the case; nullopt: never. What
/// routers make is read anew, as what clients send is (percent_hack_domains).
struct Hacked {
  policy::ConditionId when = 0;
  Operand address;
  std::optional<std::uint32_t> transform;  ///< of an address that is not fixed
};
std::optional<Hacked> percent_hacked(Lowering& to, const Operand& address);

/// The preconditions (section 15.3).
policy::ConditionId is_used(Lowering& to, const Instance& router, const Operand& address,
                            Purpose purpose, const Scope& scope);

/// It handles the address (accept, dnslookup, ipliteral, manualroute), given that it is used.
policy::ConditionId handles(Lowering& to, const Instance& router, const Operand& address,
                            const Scope& scope);

/// What becomes of an address that this router handles.
policy::Fate fate_of(const Lowering& from, const Instance& router);

}  // namespace relayproof::exim
