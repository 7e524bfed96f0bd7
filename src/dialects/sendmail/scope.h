// What is the same wherever rules are lowered: the configuration, its maps, the machine.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dialects/dialect.h"
#include "dialects/sendmail/access_map.h"
#include "dialects/sendmail/access_tables.h"
#include "dialects/sendmail/address_reading.h"
#include "dialects/sendmail/config.h"
#include "dialects/sendmail/policy_builder.h"
#include "mail/ip_address.h"
#include "mail/ip_set.h"

namespace relayproof::sendmail {

/// The access map as it lies here.
struct Access {
  /// No FEATURE(access_db), or an optional map that is not there: nothing is found in it.
  enum class Standing : std::uint8_t { none, read, hidden } standing = Standing::none;
  AccessMap map;
  std::string why;  ///< it is hidden
};

struct Scope {
  const FileSystem& files;  ///< as the configuration names them
  const Config& config;
  const dialects::Host& host;
  const Access& access;
  PolicyBuilder& builder;
  AccessTables tables;
  std::string hostname;  ///< `$j`; empty: not known
  std::string domain;    ///< `$m`
  std::vector<Doubt> notes = {};

  bool has(Feature feature) const { return config.has(feature); }
  /// Where a feature was switched on, as an origin.
  policy::OriginId origin(Feature feature) const;
  policy::OriginId origin(const AccessRow& row) const;
  /// relay_hosts_only: names below those listed do not count.
  bool parents_count() const { return !has(Feature::relay_hosts_only); }
  /// The access map cannot be read: what it says of these is a question.
  policy::ConditionId hidden_access(std::string_view tag, std::vector<policy::Subject> about) const;
};

Access read_access(const FileSystem& files, const Config& config);

/// Addresses whose owner writes them in brackets into class w are taken for this host's own.
struct OwnLiteral {
  std::string member;  ///< `[198.51.100.99]`
  SourceRange where;
  mail::IpAddress address;
};
std::vector<OwnLiteral> own_literals(const Config& config);
/// Clients that are this host itself: loopback, its interfaces, literals of class w.
mail::IpSet own_clients(const Scope& scope);

/// How addresses are read; the functions keep what they need of the configuration.
AddressSettings address_settings(const Scope& scope);

}  // namespace relayproof::sendmail
