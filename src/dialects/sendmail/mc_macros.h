// The macros and definitions that a sendmail.mc is made of, by name (cf/README).
#pragma once

#include <string_view>

namespace relayproof::sendmail {

// Where text goes that follows some macros: our numbers, by what becomes of it.
inline constexpr int to_config = 6;
inline constexpr int to_address_rules = 3;
inline constexpr int to_rule_sets = 9;
/// Mailers, routes to neighbours, senders, TLS with others.
inline constexpr int to_nowhere_here = 7;

struct Macro {
  std::string_view name;
  std::string_view of_class = {};  ///< whose members it adds
  bool is_file = false;
  int begins = 0;        ///< what follows it goes there; 0: it begins nothing
  bool matters = false;  ///< besides what is above
};
/// nullptr for a name that is none of Sendmail's.
const Macro* macro_of(std::string_view name);

/// A definition that bears on relaying, and the option that it sets, if any.
struct Meaning {
  std::string_view name;
  std::string_view option = {};
};
const Meaning* meaning_of(std::string_view name);

/// False for flags of the macros' own that may change rules when they are set by hand.
bool is_harmless_flag(std::string_view name);

/// Files that Debian's sendmailconfig writes: they set up a provider, TLS and SASL.
bool is_debians_own(std::string_view path);

}  // namespace relayproof::sendmail
