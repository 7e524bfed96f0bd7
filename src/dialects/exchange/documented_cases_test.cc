// Who may relay by what Microsoft documents: each case with the page that it follows from.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialects/exchange/small_export_test.h"

namespace relayproof::exchange {
namespace {

// Pages are below https://, those of receive connectors each with its section.
constexpr const char* defaults =
    "learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"
    "#default-receive-connectors-created-during-setup";
constexpr const char* bindings =
    "learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"
    "#receive-connector-local-address-bindings";
constexpr const char* addresses =
    "learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"
    "#receive-connector-remote-addresses";
constexpr const char* usage =
    "learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"
    "#receive-connector-usage-types";
constexpr const char* mechanisms =
    "learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"
    "#receive-connector-authentication-mechanisms";
constexpr const char* groups =
    "learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"
    "#receive-connector-permission-groups";
constexpr const char* rights =
    "learn.microsoft.com/exchange/mail-flow/connectors/receive-connectors"
    "#receive-connector-permissions";
constexpr const char* relay =
    "learn.microsoft.com/exchange/mail-flow/connectors/allow-anonymous-relay";
constexpr const char* accepted =
    "learn.microsoft.com/exchange/mail-flow/accepted-domains/accepted-domains";
constexpr const char* set_connector =
    "learn.microsoft.com/powershell/module/exchange/set-receiveconnector";
constexpr const char* analyzer =
    "learn.microsoft.com/previous-versions/office/exchange-server-analyzer/ff356850(v=exchg.80)";
constexpr const char* health = "microsoft.github.io/CSS-Exchange/Diagnostics/HealthChecker";
constexpr const char* ad_permission =
    "learn.microsoft.com/powershell/module/exchange/get-adpermission";
constexpr const char* access_order =
    "learn.microsoft.com/windows/win32/secauthz/order-of-aces-in-a-dacl";

constexpr const char* full = "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer";
constexpr const char* secured = "ExternalAuthoritative";
constexpr const char* secured_servers = "MS Exchange\\Externally Secured Servers";

const SmallConnector default_frontend = {
    .name = "Default Frontend EX01",
    .groups = "AnonymousUsers, ExchangeServers, ExchangeLegacyServers",
    .mechanisms = full};
const SmallConnector client_frontend = {.name = "Client Frontend EX01",
                                        .bindings = "{[::]:587, 0.0.0.0:587}",
                                        .groups = "ExchangeUsers",
                                        .mechanisms =
                                            "Tls, Integrated, BasicAuth, "
                                            "BasicAuthRequireTLS"};
const SmallConnector outbound_proxy = {.name = "Outbound Proxy Frontend EX01",
                                       .bindings = "{[::]:717, 0.0.0.0:717}",
                                       .groups = "ExchangeServers",
                                       .mechanisms = full};
const SmallConnector client_proxy = {.name = "Client Proxy EX01",
                                     .bindings = "{[::]:465, 0.0.0.0:465}",
                                     .groups = "ExchangeUsers, ExchangeServers",
                                     .mechanisms = full,
                                     .role = "HubTransport"};
const SmallConnector default_hub = {
    .name = "Default EX01",
    .bindings = "{[::]:2525, 0.0.0.0:2525}",
    .groups = "ExchangeUsers, ExchangeServers, ExchangeLegacyServers",
    .mechanisms = "Tls, Integrated, BasicAuth, ExchangeServer",
    .role = "HubTransport"};
const SmallConnector edge = {.name = "Default internal receive connector EDGE01",
                             .bindings = "{0.0.0.0:25}",
                             .ranges = "{0.0.0.0-255.255.255.255}",
                             .groups = "AnonymousUsers, ExchangeServers, Partners",
                             .mechanisms = "Tls, ExchangeServer",
                             .role = "HubTransport"};
const std::vector<SmallConnector> fresh = {default_frontend, client_frontend, outbound_proxy,
                                           client_proxy, default_hub};

// One more than a fresh install, for the clients in `ranges`.
SmallConnector custom(std::string name, std::string ranges,
                      std::string permission_groups = "AnonymousUsers",
                      std::string authentication = "Tls") {
  return {.name = std::move(name),
          .bindings = "{0.0.0.0:25}",
          .ranges = std::move(ranges),
          .groups = std::move(permission_groups),
          .mechanisms = std::move(authentication)};
}

SmallConnector changed(SmallConnector connector, const std::string& more) {
  connector.more = more;
  return connector;
}

SmallExport with(std::vector<SmallConnector> connectors,
                 std::vector<SmallPermission> permissions = {}) {
  SmallExport all;
  all.connectors = std::move(connectors);
  all.permissions = std::move(permissions);
  return all;
}

SmallExport also(SmallConnector connector, std::vector<SmallPermission> permissions = {}) {
  auto all = fresh;
  all.push_back(std::move(connector));
  return with(std::move(all), std::move(permissions));
}

SmallExport accepting(std::vector<SmallDomain> domains) {
  auto all = with(fresh);
  all.domains = std::move(domains);
  return all;
}

SmallExport without_permissions(SmallExport all) {
  all.with_permissions = false;
  return all;
}

SmallExport without_domains(SmallExport all) {
  all.with_domains = false;
  return all;
}

SmallExport accepting_all(SmallExport all) {
  all.domains = {{"*", "InternalRelay"}};
  return all;
}

struct Case {
  const char* page;
  const char* says;
  SmallExport given;
  std::string relays;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      // What setup leaves.
      {defaults, "a fresh mailbox server", with(fresh), "none"},
      {defaults, "its frontend alone", with({default_frontend}), "none"},
      {defaults, "the connector of mail clients", with({client_frontend}), "none"},
      {defaults, "the connector of outbound proxy", with({outbound_proxy}), "none"},
      {defaults, "the connector that the frontend hands clients to", with({client_proxy}), "none"},
      {defaults, "the connector of the transport service", with({default_hub}), "none"},
      {defaults, "an Edge Transport server", with({edge}), "none"},
      {usage, "usage Client", with({client_frontend}), "none"},
      {usage, "usage Custom has no group until one is added",
       with({custom("Custom", "0.0.0.0-255.255.255.255", "None")}), "none"},
      {usage, "usage Internal",
       with({custom("Internal", "0.0.0.0-255.255.255.255", "ExchangeServers, ExchangeLegacyServers",
                    "Tls, ExchangeServer")}),
       "none"},
      {usage, "usage Internet", with({custom("Internet", "0.0.0.0-255.255.255.255")}), "none"},
      {usage, "usage Partner",
       with({custom("Partner", "0.0.0.0-255.255.255.255", "Partners", "Tls")}), "none"},

      // What the groups give to whom.
      {groups, "anonymous users submit, and do not relay", with({default_frontend}), "none"},
      {groups, "users relay, and nobody is one without a password",
       also(custom("Users", "10.0.0.0/8", "ExchangeUsers", "BasicAuth")), "none"},
      {groups, "servers relay, and nobody is one by his address",
       also(custom("Servers", "10.0.0.0/8", "ExchangeServers", "ExchangeServer")), "none"},
      {groups, "legacy servers relay, and nobody is one by his address",
       also(custom("Legacy", "10.0.0.0/8", "ExchangeLegacyServers")), "none"},
      {groups, "partners do not relay", also(custom("Partner", "10.0.0.0/8", "Partners")), "none"},
      {groups, "all groups together",
       with({custom("All", "0.0.0.0-255.255.255.255",
                    "AnonymousUsers, ExchangeUsers, ExchangeServers, ExchangeLegacyServers, "
                    "Partners",
                    full)}),
       "none"},

      // The right to relay.
      {rights, "anonymous senders get the right at the frontend",
       with(fresh, {{.connector = "Default Frontend EX01"}}), "all"},
      {rights, "they get it at a connector that is IPv4 only",
       with({custom("Internet", "0.0.0.0-255.255.255.255")}, {{.connector = "Internet"}}),
       "all IPv4"},
      {rights, "the right without the right to submit",
       also(custom("Half", "10.1.0.0/16", "None"), {{.connector = "Half"}}), "none"},
      {rights, "both rights and no group",
       also(custom("Both", "10.1.0.0/16", "None"),
            {{.connector = "Both"}, {.connector = "Both", .right = "ms-Exch-SMTP-Submit"}}),
       "10.1.0.0/16"},
      {rights, "users have the right already; giving it to them again opens nothing",
       with(fresh,
            {{.connector = "Client Frontend EX01", .user = "NT AUTHORITY\\Authenticated Users"}}),
       "none"},
      {rights, "an account of the domain gets it",
       with(fresh, {{.connector = "Default Frontend EX01", .user = "EXAMPLE\\scanner"}}), "none"},
      {rights, "any sender is another right",
       with(fresh,
            {{.connector = "Default Frontend EX01", .right = "ms-Exch-SMTP-Accept-Any-Sender"}}),
       "none"},
      {rights, "bypassing the spam filter is another right",
       with(fresh, {{.connector = "Default Frontend EX01", .right = "ms-Exch-Bypass-Anti-Spam"}}),
       "none"},
      {rights, "routing headers are another right",
       with(fresh,
            {{.connector = "Default Frontend EX01", .right = "ms-Exch-Accept-Headers-Routing"}}),
       "none"},
      {rights, "the name of a right is taken in any case",
       with(fresh,
            {{.connector = "Default Frontend EX01", .right = "MS-EXCH-SMTP-ACCEPT-ANY-RECIPIENT"}}),
       "all"},
      {ad_permission, "the anonymous account by its SID",
       with(fresh, {{.connector = "Default Frontend EX01", .user = "S-1-5-7"}}), "all"},
      {ad_permission, "the anonymous account of a German server",
       with(fresh,
            {{.connector = "Default Frontend EX01", .user = "NT-AUTORITÄT\\ANONYMOUS-ANMELDUNG"}}),
       "all"},
      {ad_permission, "Everyone: whether that holds for anonymous sessions is not told",
       with(fresh, {{.connector = "Default Frontend EX01", .user = "Everyone"}}), "undecided"},
      {ad_permission, "all rights, which are those that are extended, too",
       with(fresh, {{.connector = "Default Frontend EX01",
                     .right = "",
                     .more = ",\"AccessRights\":[\"GenericAll\"]"}}),
       "all"},
      {ad_permission, "extended rights without naming any are all of them",
       with(fresh, {{.connector = "Default Frontend EX01",
                     .right = "",
                     .more = ",\"AccessRights\":[256]"}}),
       "all"},
      {ad_permission, "reading properties is none of them",
       with(fresh, {{.connector = "Default Frontend EX01",
                     .right = "",
                     .more = ",\"AccessRights\":[\"ReadProperty, GenericExecute\"]"}}),
       "none"},
      {ad_permission, "a right that another server's connector of the same name has",
       with(fresh, {{.connector = "Default Frontend EX01", .server = "EX02"}}), "none"},
      {access_order, "the right is granted, and denied",
       with(fresh, {{.connector = "Default Frontend EX01"},
                    {.connector = "Default Frontend EX01", .denies = true}}),
       "none"},
      {access_order, "it is granted here, and denied above",
       with(fresh, {{.connector = "Default Frontend EX01"},
                    {.connector = "Default Frontend EX01", .denies = true, .is_inherited = true}}),
       "all"},
      {access_order, "it is granted above",
       with(fresh, {{.connector = "Default Frontend EX01", .is_inherited = true}}), "all"},
      {access_order, "it is granted above, and denied here",
       with(fresh, {{.connector = "Default Frontend EX01", .is_inherited = true},
                    {.connector = "Default Frontend EX01", .denies = true}}),
       "none"},
      {access_order, "submitting is denied to anonymous senders who may relay",
       with(fresh, {{.connector = "Default Frontend EX01"},
                    {.connector = "Default Frontend EX01",
                     .right = "ms-Exch-SMTP-Submit",
                     .denies = true}}),
       "none"},

      // Anonymous relay as it is recommended, and otherwise.
      {relay, "two hosts may relay",
       also(custom("Anonymous Relay", "192.168.5.10, 192.168.5.11"),
            {{.connector = "Anonymous Relay"}}),
       "192.168.5.10/31"},
      {relay, "a range may relay",
       also(custom("Anonymous Relay", "192.168.5.10-192.168.5.20"),
            {{.connector = "Anonymous Relay"}}),
       "192.168.5.10/31 192.168.5.12/30 192.168.5.16/30 192.168.5.20"},
      {relay, "a network may relay, with bits of a host in it",
       also(custom("Anonymous Relay", "192.168.5.1/24"), {{.connector = "Anonymous Relay"}}),
       "192.168.5.0/24"},
      {relay, "the dedicated connector was not restricted",
       with({custom("Anonymous Relay", "0.0.0.0-255.255.255.255")},
            {{.connector = "Anonymous Relay"}}),
       "all IPv4"},
      {relay, "the right was added to the default connector",
       with({default_frontend}, {{.connector = "Default Frontend EX01"}}), "all"},
      {relay, "the dedicated connector without the right",
       also(custom("Anonymous Relay", "192.168.5.10, 192.168.5.11")), "none"},
      {relay, "externally secured: two hosts",
       also(custom("Anonymous Relay", "192.168.5.10, 192.168.5.11", "ExchangeServers", secured)),
       "192.168.5.10/31"},
      {relay, "externally secured: everybody",
       with({custom("Anonymous Relay", "0.0.0.0-255.255.255.255", "ExchangeServers", secured)}),
       "all IPv4"},
      {relay, "both methods at the same time",
       also(custom("Anonymous Relay", "192.168.5.10", "AnonymousUsers, ExchangeServers", secured),
            {{.connector = "Anonymous Relay"}}),
       "192.168.5.10"},

      // Externally secured.
      {mechanisms, "it requires the group ExchangeServers",
       also(custom("Secured", "10.2.0.0/16", "AnonymousUsers", secured)), "none"},
      {mechanisms, "with TLS beside it",
       also(custom("Secured", "10.2.0.0/16", "ExchangeServers", "Tls, ExternalAuthoritative")),
       "10.2.0.0/16"},
      {mechanisms, "the right was taken from the externally secured",
       also(custom("Secured", "10.2.0.0/16", "ExchangeServers", secured),
            {{.connector = "Secured", .user = secured_servers, .denies = true}}),
       "none"},
      {mechanisms, "without it the externally secured are nobody",
       also(custom("Plain", "10.2.0.0/16", "ExchangeServers", "Tls"),
            {{.connector = "Plain", .user = secured_servers}}),
       "none"},
      {mechanisms, "the enumeration's numbers",
       also(custom("Secured", "10.2.0.0/16", "4", "32"),
            {{.connector = "Secured", .user = secured_servers},
             {.connector = "Secured", .user = secured_servers, .right = "ms-Exch-SMTP-Submit"}}),
       "10.2.0.0/16"},
      {set_connector, "RequireTLS keeps nobody out who has TLS",
       with({changed(default_frontend, ",\"RequireTLS\":true")},
            {{.connector = "Default Frontend EX01"}}),
       "all"},

      // Which connector it is.
      {addresses, "the narrower range wins and is closed",
       with({custom("Open", "0.0.0.0-255.255.255.255"), custom("A", "192.168.1.0-192.168.1.255")},
            {{.connector = "Open"}}),
       (mail::IpSet::all_v4() - mail::IpSet::of(*mail::Network::parse("192.168.1.0/24")))
           .to_string()},
      {addresses, "the narrower range wins and is open",
       with({custom("Client", "0.0.0.0-255.255.255.255"), custom("A", "192.168.1.0-192.168.1.255")},
            {{.connector = "A"}}),
       "192.168.1.0/24"},
      {addresses, "the narrowest of three wins",
       with({custom("Client", "0.0.0.0-255.255.255.255"), custom("A", "192.168.1.0-192.168.1.255"),
             custom("B", "192.168.1.75")},
            {{.connector = "B"}}),
       "192.168.1.75"},
      {addresses, "a hole in the middle one",
       with({custom("Client", "0.0.0.0-255.255.255.255"), custom("A", "192.168.1.0/30"),
             custom("B", "192.168.1.1")},
            {{.connector = "A"}}),
       "192.168.1.0 192.168.1.2/31"},
      {addresses, "the order of the connectors does not matter",
       with({custom("B", "192.168.1.75"), custom("A", "192.168.1.0-192.168.1.255"),
             custom("Client", "0.0.0.0-255.255.255.255")},
            {{.connector = "B"}}),
       "192.168.1.75"},
      {addresses, "ranges that cross are not allowed: it is not told who takes them",
       with({custom("A", "10.0.0.0-10.0.0.20"), custom("B", "10.0.0.10-10.0.0.40")},
            {{.connector = "A"}}),
       "undecided"},
      {addresses, "the same range twice",
       with({custom("A", "10.0.0.0/24"), custom("B", "10.0.0.0/24")}, {{.connector = "A"}}),
       "undecided"},
      {addresses, "the same range twice, and both relay",
       with({custom("A", "10.0.0.0/24"), custom("B", "10.0.0.0/24")},
            {{.connector = "A"}, {.connector = "B"}}),
       "10.0.0.0/24"},
      {addresses, "no range is shown: they were lost in the export",
       with({{.name = "Lost", .bindings = "{0.0.0.0:25}", .ranges = "{}"}},
            {{.connector = "Lost"}}),
       "undecided"},
      {addresses, "all of IPv6",
       with({{.name = "Six",
              .bindings = "{[::]:25}",
              .ranges = "{::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff}"}},
            {{.connector = "Six"}}),
       "::/0"},
      {addresses, "a network of IPv6",
       with({{.name = "Six", .bindings = "{[::]:25}", .ranges = "{2001:db8:5::/48}"}},
            {{.connector = "Six"}}),
       "2001:db8:5::/48"},
      {addresses, "a range of IPv6 at a binding of IPv4 takes nobody",
       with({{.name = "Six", .bindings = "{0.0.0.0:25}", .ranges = "{2001:db8:5::/48}"}},
            {{.connector = "Six"}}),
       "none"},
      {bindings, "another port is another choice",
       also({.name = "Relay", .bindings = "{0.0.0.0:2526}", .ranges = "{10.9.0.0/16}"},
            {{.connector = "Relay"}}),
       "10.9.0.0/16"},
      {bindings, "an inner network adapter",
       also({.name = "Inner", .bindings = "{10.0.1.13:25}", .ranges = "{10.0.20.22}"},
            {{.connector = "Inner"}}),
       "10.0.20.22"},
      {bindings, "the closer binding wins for the same range",
       with({{.name = "Outer", .bindings = "{203.0.113.25:25}", .ranges = "{0.0.0.0/0}"},
             {.name = "All", .bindings = "{203.0.113.26:25}", .ranges = "{0.0.0.0/0}"}},
            {{.connector = "Outer", .denies = true}}),
       "none"},
      {bindings, "two services at one address and port: it is not told which has it",
       with({default_frontend, {.name = "Hub", .groups = "AnonymousUsers", .role = "HubTransport"}},
            {{.connector = "Hub"}}),
       "undecided"},
      {set_connector, "a connector that is not enabled takes nobody",
       also(changed(custom("Off", "10.0.0.0/8"), ",\"Enabled\":false"), {{.connector = "Off"}}),
       "none"},
      {set_connector, "its clients go to the next one",
       with({default_frontend, changed(custom("Off", "10.0.0.0/8"), ",\"Enabled\":false")},
            {{.connector = "Default Frontend EX01"}}),
       "all"},

      // Accepted domains.
      {accepted, "an authoritative domain", accepting({{"example.com"}}), "none"},
      {accepted, "a domain with those below it", accepting({{"*.example.com"}}), "none"},
      {accepted, "MatchSubDomains",
       accepting({{"example.com", "Authoritative", ",\"MatchSubDomains\":true"}}), "none"},
      {accepted, "an internal relay domain",
       accepting({{"example.com"}, {"example.net", "InternalRelay"}}), "none"},
      {accepted, "an external relay domain",
       accepting({{"example.com"}, {"example.org", "ExternalRelay"}}), "none"},
      {accepted, "the name of the forest, which is on no network",
       accepting({{"example.local"}, {"corp", "InternalRelay"}}), "none"},
      {analyzer, "the accepted domain *", accepting({{"*", "InternalRelay"}}), "all"},
      {health, "the accepted domain * beside others",
       accepting({{"example.com"}, {"*", "ExternalRelay"}}), "all"},
      {analyzer, "a whole top-level domain", accepting({{"*.com", "InternalRelay"}}), "all"},
      {analyzer, "the accepted domain * where strangers may not submit",
       accepting_all(with({client_frontend, outbound_proxy})), "none"},
      {analyzer, "relay permission on a connector that is not scoped",
       with({custom("Non-scoped", "0.0.0.0-255.255.255.255")}, {{.connector = "Non-scoped"}}),
       "all IPv4"},

      // What is not in the export.
      {ad_permission, "without permissions nothing is known of the frontend",
       without_permissions(with(fresh)), "undecided"},
      {groups, "without permissions the groups are known",
       without_permissions(
           with({custom("Secured", "0.0.0.0-255.255.255.255", "ExchangeServers", secured)})),
       "all IPv4"},
      {analyzer, "without permissions the accepted domain * is enough",
       accepting_all(without_permissions(with({default_frontend}))), "all"},
      {accepted, "without accepted domains there may be a *", without_domains(with(fresh)),
       "undecided"},
      {accepted, "without accepted domains the right is enough",
       without_domains(with({default_frontend}, {{.connector = "Default Frontend EX01"}})), "all"},
  };
  return all;
}

TEST(DocumentedCases, RelayForWhomTheDocumentationSays) {
  for (const auto& each : cases()) {
    EXPECT_EQ(who_relays(load(each.given)), each.relays) << each.says << "\n  " << each.page;
  }
}

// Dialect::fidelity gives their number.
TEST(DocumentedCases, AreAsManyAsTheProgramSays) {
  const auto says = std::to_string(cases().size()) + " cases";
  EXPECT_NE(dialects::exchange::dialect.fidelity.find(says), std::string_view::npos)
      << cases().size();
}

}  // namespace
}  // namespace relayproof::exchange
