// What an export says of the servers: connectors, who has which right at them, accepted domains.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/result.h"
#include "base/source_range.h"
#include "dialects/dialect.h"
#include "dialects/exchange/ranges.h"
#include "mail/ip_set.h"

namespace relayproof::exchange {

struct Place {
  SourceRange where;
  std::string text;  ///< `PermissionGroups: AnonymousUsers`
};

/// A server and the connector's name there, as both are compared: in lower case.
struct ConnectorId {
  std::string server;  ///< empty: it is not said
  std::string name;
  bool operator==(const ConnectorId&) const = default;
};

/// From `EX01\Default EX01`, a distinguished name, a canonical name, or the bare name.
ConnectorId connector_id(std::string_view identity);

/// The values of the enumeration PermissionGroups.
enum Groups : unsigned {
  anonymous_users = 1,
  exchange_users = 2,
  exchange_servers = 4,
  exchange_legacy_servers = 8,
  partners = 16,
  custom = 32,
};
/// The values of the enumeration AuthMechanisms.
enum Mechanisms : unsigned {
  tls = 1,
  integrated = 2,
  basic_auth = 4,
  basic_auth_require_tls = 8,
  exchange_server = 16,
  external_authoritative = 32,
};

struct RemoteRange {
  std::string text;
  mail::IpSet clients;
};

struct Connector {
  std::string server;  ///< as written
  std::string name;
  ConnectorId id;
  bool enabled = true;
  bool with_server = false;  ///< the export has several servers
  std::string role;          ///< `FrontendTransport`, `HubTransport`; empty: not said
  std::vector<Binding> bindings;
  std::vector<RemoteRange> ranges;
  bool ranges_cut_off = false;  ///< there are more than the export shows
  unsigned groups = 0;
  bool groups_known = false;
  unsigned mechanisms = 0;
  bool mechanisms_known = false;
  bool requires_tls = false;
  /// Who shows a certificate that anybody can have, or none, gets rights that no group gives.
  bool gives_rights_by_tls = false;
  Place place, bindings_place, ranges_place, groups_place, mechanisms_place, capabilities_place;

  /// For reports: `Default Frontend EX01`, and its server where the export has several.
  std::string title() const { return with_server ? name + " of " + server : name; }
  /// As cmdlets take it: `EX01\Default Frontend EX01`.
  std::string identity() const { return server.empty() ? name : server + '\\' + name; }
  mail::IpSet clients() const;
};

struct Permission {
  ConnectorId connector;  ///< an empty name: it is not said
  std::string user;
  std::string sid;  ///< the same, if the export has it: names depend on the server's language
  bool denies = false;
  bool is_inherited = false;
  std::vector<std::string> rights;  ///< in lower case: `ms-exch-smtp-submit`
  bool has_all_rights = false;      ///< GenericAll, or extended rights without naming any
  bool cut_off = false;             ///< there are more rights than the export shows
  Place place;
};

struct AcceptedDomain {
  std::string name;  ///< without `*.`; `*` for every domain
  bool with_subdomains = false;
  bool is_default = false;
  enum class Type : std::uint8_t {
    authoritative,
    external_relay,
    internal_relay
  } type = Type::authoritative;
  std::string identity;
  Place place;
};

struct Export {
  std::vector<std::string> files;
  std::vector<Connector> connectors;
  std::vector<Permission> permissions;
  std::vector<AcceptedDomain> domains;
  std::optional<std::string> version;
  std::vector<dialects::CoveredLine> coverage;
};

/// Reads a file or the exports in a folder. Fails with one line that has file, line and column.
Result<Export> read(const FileSystem& files, const std::string& path);

}  // namespace relayproof::exchange
