// One known way to ask a server for a relay. The catalogue is a table of these, and nothing else
// in the program knows a technique by name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mail/attempt.h"

namespace relayproof::techniques {

/// Which techniques run together.
enum class Set {
  standard,  ///< what can still be found today: the default
  historic,  ///< gateways and formats of the past
  invasive,  ///< changes what the server believes about the connection: only by name
};

/// What the client calls itself.
enum class HeloForm {
  ours,            ///< our forward-confirmed name, else our address literal
  localhost,       ///< `localhost`
  server_name,     ///< the server's own name, H
  server_literal,  ///< the server's own address, L
  own_domain,      ///< a domain it answers for, D
  localhost_localdomain,
  loopback_literal,  ///< `[127.0.0.1]`
};

/// What is done before the question is asked.
enum class Prelude {
  none,
  no_hello,               ///< neither EHLO nor HELO
  old_hello,              ///< HELO, although EHLO is taken
  xclient_loopback,       ///< XCLIENT: the client is 127.0.0.1
  xclient_login,          ///< XCLIENT: somebody has logged in
  xforward_loopback,      ///< XFORWARD: the client is 127.0.0.1
  proxy_loopback,         ///< a PROXY header, version 1: the client is 127.0.0.1
  proxy_binary_loopback,  ///< the same, version 2
  random_login,           ///< AUTH PLAIN with a random name and password; once
  refused_login,          ///< the same, and on after its refusal
  anonymous_login,        ///< AUTH ANONYMOUS
  external_login,         ///< AUTH EXTERNAL
  client_certificate,     ///< TLS with a certificate that we signed ourselves
  injected_behind_tls,    ///< MAIL and RCPT in clear, in the packet of STARTTLS
  mail_before_tls,        ///< MAIL in clear, RCPT behind STARTTLS
  after_reset,            ///< a mailbox of the server's own was taken first, then RSET
};

/// A row of the catalogue. Forms are what follows `MAIL FROM:` / `RCPT TO:` on the wire, with
/// holes: {X} {X2} domains outside · {XU} the first in capitals · {H} a name of the server · {L}
/// its address literal · {D} a domain it answers for, {DU} in capitals · {nobody} {test} a random
/// local part, the same one, printed differently · {user} a mailbox that exists there · {from} the
/// operator's own mailbox outside.
struct Technique {
  std::string_view name;  ///< unique, lower case, hyphens: `percent-hack`
  HeloForm helo = HeloForm::ours;
  Prelude prelude = Prelude::none;
  std::string_view mail_from;  ///< empty: asked with each of the plan's own senders
  std::string_view rcpt_to;
  std::string_view first_rcpt = {};  ///< named before it in the same message; empty: none
  /// The harmless twin: the same spelling, leading to a mailbox of the server's own that cannot
  /// exist. If the server takes it, it takes the spelling, not the relay. Empty: the plain
  /// unknown-mailbox control decides, as the recipient is spelt plainly.
  std::string_view twin = {};
  std::string_view exploits;   ///< one clause: what kind of server falls for it
  std::string_view reference;  ///< RFC section, manual page or advisory
  Set set = Set::standard;
  std::string_view also_in = {};  ///< other tools and lists that have it; may be empty
  bool malformed = false;         ///< violates RFC 5321's syntax: servers count it as an error
};

/// Every technique, likeliest first. Names are unique.
std::span<const Technique> catalogue();
/// Which edition of the catalogue this is: `2026.11`.
std::string_view catalogue_version();
/// nullptr if there is none of that name.
const Technique* find(std::string_view name);

/// What fills the holes of a form.
struct Fill {
  std::string outside;         ///< {X}
  std::string second_outside;  ///< {X2}
  std::string host;            ///< {H}
  std::string literal;         ///< {L}, with brackets
  std::string own_domain;      ///< {D}
  std::string token;           ///< {nobody} and {test}: a random local part
  std::string user;            ///< {user}, with its domain; empty if none is known
  std::string from;            ///< {from}, with its domain; empty if none is known
};

/// The form with its holes filled; an unknown hole stays as it stands (a test forbids it).
std::string fill(std::string_view form, const Fill& with);
/// True if the form needs a value that `with` does not have, or has a hole that nobody knows.
bool lacks(std::string_view form, const Fill& with);
/// The form as people write it: `nobody%X@H`; control bytes as `\0`, in octal.
std::string printed(std::string_view form);

std::string_view to_string(Set set);
std::string_view to_string(HeloForm form);
/// What is sent, in words; empty for none.
std::string_view to_string(Prelude prelude);

}  // namespace relayproof::techniques
