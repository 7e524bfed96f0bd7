// `verify = …` of an ACL (specification, section 44.41 on).
#pragma once

#include <string_view>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// What `verify = text` answers; true: verified.
policy::ConditionId lower_verify(Lowering& to, std::string_view text, const Scope& scope);

/// Asking it ends the ACL with a deferral.
policy::ConditionId verify_defers(Lowering& to, const Item& item, const Scope& scope);

}  // namespace relayproof::exim
