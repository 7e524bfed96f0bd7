// What is the same wherever rules are lowered: the configuration, its tables, the machine.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dialects/dialect.h"
#include "dialects/opensmtpd/config.h"
#include "dialects/opensmtpd/policy_builder.h"
#include "dialects/opensmtpd/tables.h"

namespace relayproof::opensmtpd {

/// Something that lowering took for granted.
struct Note {
  Place place;
  std::string says;
  bool decisive = false;
};

struct Scope {
  const Config& config;
  PolicyBuilder& builder;
  Tables& tables;
  const dialects::Host& host;
  std::string hostname;                        ///< empty: not known
  std::optional<std::set<std::string>> users;  ///< nullopt: not known
  std::vector<Note> notes;
  std::set<std::string> local = {};                ///< what local_names() gives
  std::optional<std::uint32_t> local_lookup = {};  ///< the names of `for local`, once asked for
};

/// Those names and address literals that `for local` means, in lower case.
std::set<std::string> local_names(const dialects::Host& host, const std::string& hostname);
/// The addresses that `from local` means.
mail::IpSet local_addresses(const Scope& scope);

}  // namespace relayproof::opensmtpd
