// Names of hosts and mail domains (RFC 1035 section 2.3, RFC 5321 section 4.1.2).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::mail {

/// True for letters, digits, hyphens and underscores in labels of 1 to 63, at most 253 in all,
/// no trailing dot: what may be put into a command or a query. A single label is valid, a name
/// whose last label is all digits is not (it would be an address).
bool is_domain_name(std::string_view name);

/// In lower case, without one trailing dot.
std::string normalised_domain(std::string_view name);

/// True if no stranger can register a name below `name`: it is at or below a name that somebody
/// registered, by the public suffix list. `com`, `co.uk` and single labels are not.
bool is_registrable_or_below(std::string_view name);

/// The part of such a name that somebody registered, in lower case: of `mx.mail.example.com` it is
/// `example.com`. Empty if there is none.
std::string registrable_domain(std::string_view name);

/// Top-level names below which nobody can register anything (RFC 6761, 6762, 7686, 8375, 9476;
/// `internal` by ICANN's resolution of 2024). `example` and `test` are not among them: examples
/// and tests mean what they say.
inline constexpr std::array<std::string_view, 7> unregistrable_names{
    "localhost", "local", "invalid", "internal", "onion", "alt", "home.arpa"};
bool is_at_or_below_unregistrable(std::string_view name);

/// The name and its parents, longest first, as far as is_registrable_or_below() holds:
/// `mx.mail.example.com` gives itself, `mail.example.com`, `example.com`.
std::vector<std::string> name_and_parents(std::string_view name);

}  // namespace relayproof::mail
