// The claims of techniques::Prelude as bytes.
#pragma once

#include <string>

#include "smtp/prelude.h"
#include "techniques/technique.h"

namespace relayproof::probe {

/// A login that nobody was given: refused, it leaves the session as it was.
bool is_login(techniques::Prelude claim);

/// What goes before the questions of such a session. `secret` is what a login that nobody was given
/// uses for name and password: random, so that it can be nobody's.
smtp::Prelude prelude_of(techniques::Prelude claim, const std::string& secret);

}  // namespace relayproof::probe
