// The claims of techniques::Prelude as bytes.
#pragma once

#include <string>

#include "mail/tls_mode.h"
#include "smtp/prelude.h"
#include "techniques/technique.h"

namespace relayproof::probe {

/// A login that nobody was given: refused, it leaves the session as it was.
bool is_login(techniques::Prelude claim);

/// The first attempt itself goes in clear before TLS: known from the beginning, and the only one.
bool crosses_tls(techniques::Prelude claim);
/// Can be asked at a door of that kind.
bool fits(techniques::Prelude claim, mail::TlsMode door);
/// Can be asked behind TLS, and nowhere else.
bool needs_tls(techniques::Prelude claim);

/// What goes before the questions of such a session. `secret` is what a login that nobody was given
/// uses for name and password: random, so that it can be nobody's. `own_domain`: its own.
smtp::Prelude prelude_of(techniques::Prelude claim, const std::string& secret,
                         const std::string& own_domain);

}  // namespace relayproof::probe
