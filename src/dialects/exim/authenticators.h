// Authenticators (specification, chapters 33 on): whether anybody can log in without a secret.
#pragma once

#include <optional>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

struct Logins {
  bool anybody = false;                   ///< one admits whatever password
  std::optional<std::uint32_t> question;  ///< whether one does hangs on this
};
Logins who_can_log_in(Lowering& to, std::uint16_t port);

/// The authenticator that admits anybody; nullptr: none.
const Instance* admits_anybody(Lowering& to);

}  // namespace relayproof::exim
