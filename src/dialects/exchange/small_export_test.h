// Exports for tests, written as ConvertTo-Json prints them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dialects/exchange/dialect.h"
#include "policy/decide.h"
#include "policy/reach.h"

namespace relayproof::exchange {

inline constexpr const char* anonymous_logon = "NT AUTHORITY\\ANONYMOUS LOGON";
inline constexpr const char* any_recipient = "ms-Exch-SMTP-Accept-Any-Recipient";
inline constexpr const char* everywhere =
    "{::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 0.0.0.0-255.255.255.255}";

inline std::string in_json(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// A connector with what most have; the permissions that its groups stand for are exported, too.
struct SmallConnector {
  std::string name;
  std::string bindings = "{[::]:25, 0.0.0.0:25}";
  std::string ranges = everywhere;
  std::string groups = "AnonymousUsers";
  std::string mechanisms = "Tls";
  std::string role = "FrontendTransport";
  std::string more = {};  ///< further members, with a comma in front
  std::string server = "EX01";
};

struct SmallPermission {
  std::string connector;
  std::string user = anonymous_logon;
  std::string right = any_recipient;
  bool denies = false;
  bool is_inherited = false;
  std::string server = "EX01";
  std::string more = {};
};

struct SmallDomain {
  std::string name;
  std::string type = "Authoritative";
  std::string more = {};
};

struct SmallExport {
  std::vector<SmallConnector> connectors;
  std::vector<SmallPermission> permissions;
  std::vector<SmallDomain> domains = {{"example.com", "Authoritative", ",\"Default\":true"}};
  bool with_permissions = true;
  bool with_domains = true;

  std::string json() const {
    std::string text = "{\"connectors\": [";
    std::string separator;
    const auto next = [&] { text += std::exchange(separator, ",") + "\n"; };
    for (const auto& each : connectors) {
      next();
      text += "{\"Identity\":" + in_json(each.server + '\\' + each.name) +
              ",\"Bindings\":" + in_json(each.bindings) +
              ",\"RemoteIPRanges\":" + in_json(each.ranges) +
              ",\"PermissionGroups\":" + in_json(each.groups) +
              ",\"AuthMechanism\":" + in_json(each.mechanisms) +
              ",\"TransportRole\":" + in_json(each.role) + each.more + '}';
    }
    text += "],\n\"permissions\": [";
    separator.clear();
    for (const auto& each : all_permissions()) {
      next();
      text += "{\"Identity\":" + in_json(each.server + '\\' + each.connector) +
              ",\"User\":" + in_json(each.user) + ",\"ExtendedRights\":[" + in_json(each.right) +
              "],\"Deny\":" + (each.denies ? "true" : "false") +
              ",\"IsInherited\":" + (each.is_inherited ? "true" : "false") + each.more + '}';
    }
    text += "],\n\"acceptedDomains\": [";
    separator.clear();
    for (const auto& each : with_domains ? domains : std::vector<SmallDomain>{}) {
      next();
      text += "{\"DomainName\":" + in_json(each.name) + ",\"DomainType\":" + in_json(each.type) +
              each.more + '}';
    }
    return text + "]}\n";
  }

  /// With those that the groups stand for, and one that every connector inherits.
  std::vector<SmallPermission> all_permissions() const {
    std::vector<SmallPermission> all;
    if (!with_permissions) return all;
    const auto has = [](const SmallConnector& connector, std::string_view group) {
      return connector.groups.find(group) != std::string::npos;
    };
    for (const auto& each : connectors) {
      const auto add = [&](const std::string& user, const std::string& right) {
        all.push_back({each.name, user, right, false, false, each.server, {}});
      };
      all.push_back(
          {each.name, "EXAMPLE\\Organization Management", "Send-As", true, true, each.server, {}});
      if (has(each, "AnonymousUsers")) {
        add(anonymous_logon, "ms-Exch-SMTP-Submit");
        add(anonymous_logon, "ms-Exch-SMTP-Accept-Any-Sender");
        add(anonymous_logon, "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender");
        add(anonymous_logon, "ms-Exch-Accept-Headers-Routing");
      }
      if (has(each, "ExchangeUsers")) {
        add("NT AUTHORITY\\Authenticated Users", "ms-Exch-SMTP-Submit");
        add("NT AUTHORITY\\Authenticated Users", any_recipient);
      }
      if (has(each, "ExchangeServers")) {
        add("EXAMPLE\\Exchange Servers", any_recipient);
        add("MS Exchange\\Externally Secured Servers", "ms-Exch-SMTP-Submit");
        add("MS Exchange\\Externally Secured Servers", any_recipient);
      }
      if (has(each, "ExchangeLegacyServers")) add("EXAMPLE\\ExchangeLegacyInterop", any_recipient);
      if (has(each, "Partners")) add("MS Exchange\\Partner Servers", "ms-Exch-SMTP-Submit");
    }
    all.insert(all.end(), permissions.begin(), permissions.end());
    return all;
  }
};

inline MemoryFiles files_of(const std::string& content,
                            const std::string& path = "/e/connectors.json") {
  MemoryFiles files;
  files.add(path, content);
  return files;
}

inline Result<dialects::Loaded> try_load(const std::string& content,
                                         const std::string& path = "/e/connectors.json") {
  return dialects::exchange::dialect.load(files_of(content, path), path, {});
}

inline dialects::Loaded load(const SmallExport& all) { return try_load(all.json()).value(); }

/// Who relays without a password: `none`, `all`, networks, or `undecided`.
inline std::string who_relays(const dialects::Loaded& loaded) {
  mail::IpSet surely;
  mail::IpSet possibly;
  for (const auto& door : loaded.policy.doors) {
    const auto reach = policy::reach(loaded.policy, door, {});
    if (!reach.broken.empty()) return "broken: " + reach.broken.front();
    surely = surely | reach.surely;
    possibly = possibly | reach.possibly;
  }
  if (surely != possibly) return "undecided";
  if (surely == mail::IpSet::all()) return "all";
  if (surely == mail::IpSet::all_v4()) return "all IPv4";
  return surely.to_string();
}

inline policy::Attempt attempt(std::string_view client, std::string to, std::uint16_t port = 25) {
  policy::Attempt made;
  made.client = *mail::IpAddress::parse(client);
  made.helo = "client.example.net";
  made.mail_from = "<a@example.org>";
  made.rcpt_to = std::move(to);
  made.port = port;
  return made;
}

/// `250 local`, `550`, `250 handed-on user@example.net`; `no connector`.
inline std::string told(const dialects::Loaded& loaded, const policy::Attempt& attempt) {
  const auto listener = policy::listener_for(loaded.policy, attempt);
  if (!listener) return "no connector";
  const auto decision = policy::decide(loaded.policy, *listener, attempt);
  if (decision.reply == policy::Decision::Reply::undecided) return "undecided";
  auto text = std::to_string(decision.answer.code);
  for (const auto& end : decision.ends) {
    if (end.fate == policy::Fate::local) text += " local";
    if (end.fate == policy::Fate::handed_on) text += " handed-on " + end.to;
  }
  return text;
}

}  // namespace relayproof::exchange
