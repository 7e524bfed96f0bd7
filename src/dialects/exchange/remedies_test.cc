// The commands that are offered, and what the export would be after them.
#include "dialects/exchange/remedies.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialects/exchange/small_export_test.h"

namespace relayproof::exchange {
namespace {

constexpr const char* path = "/e/connectors.json";

std::vector<dialects::Remedy> offered(const SmallExport& all,
                                      const std::vector<mail::Network>& networks = {}) {
  return remedies(files_of(all.json()), path, {}, {networks, {}});
}

// Who relays when the remedy's edits are what the export says.
std::string afterwards(const SmallExport& all, const dialects::Remedy& remedy) {
  const auto text = all.json();
  EXPECT_EQ(remedy.edits.size(), 1U);
  EXPECT_EQ(remedy.edits[0].offset, 0U);
  EXPECT_EQ(remedy.edits[0].length, text.size());
  const auto loaded = try_load(remedy.edits[0].text);
  return loaded ? who_relays(*loaded) : to_string(loaded.error());
}

SmallExport open_frontend() {
  SmallExport all;
  all.connectors = {{.name = "Default Frontend EX01"}};
  all.permissions = {{.connector = "Default Frontend EX01"}};
  return all;
}

TEST(Remedies, TakeTheRightAwayFromStrangers) {
  const auto all = open_frontend();
  const auto found = offered(all);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].commands,
            std::vector<std::string>{
                "Remove-ADPermission -Identity 'EX01\\Default Frontend EX01' -User 'NT "
                "AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights 'ms-Exch-SMTP-Accept-Any-Recipient'"});
  EXPECT_EQ(found[0].rehearsal, std::vector<std::string>{found[0].commands[0] + " -WhatIf"});
  EXPECT_EQ(afterwards(all, found[0]), "none");
}

TEST(Remedies, DenyWhatIsInherited) {
  auto all = open_frontend();
  all.permissions[0].is_inherited = true;
  const auto found = offered(all);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(found[0].commands.at(0).starts_with("Add-ADPermission ")) << found[0].commands[0];
  EXPECT_TRUE(found[0].commands.at(0).ends_with(" -Deny"));
  EXPECT_EQ(afterwards(all, found[0]), "none");
}

TEST(Remedies, NarrowAnExternallySecuredConnector) {
  SmallExport all;
  all.connectors = {{.name = "Relay",
                     .bindings = "{0.0.0.0:25}",
                     .ranges = "{0.0.0.0/0, 10.0.0.0/8}",
                     .groups = "ExchangeServers",
                     .mechanisms = "Tls, ExternalAuthoritative"}};
  const auto found = offered(all, {*mail::Network::parse("203.0.113.0/28")});
  ASSERT_GE(found.size(), 2U);
  EXPECT_EQ(found[0].commands.at(0),
            "Set-ReceiveConnector -Identity 'EX01\\Relay' -AuthMechanism Tls");
  EXPECT_EQ(afterwards(all, found[0]), "none");
  EXPECT_EQ(found[1].commands.at(0),
            "Set-ReceiveConnector -Identity 'EX01\\Relay' -RemoteIPRanges "
            "'10.0.0.0/8','203.0.113.0/28'");
  EXPECT_EQ(afterwards(all, found[1]), "10.0.0.0/8 203.0.113.0/28");
}

TEST(Remedies, RemoveTheAcceptedDomainThatIsEverybodys) {
  SmallExport all;
  all.connectors = {{.name = "Default Frontend EX01"}};
  all.domains = {{"example.com", "Authoritative", ",\"Identity\":\"example.com\""},
                 {"*", "InternalRelay", ",\"Default\":true,\"Identity\":\"Every'thing\""}};
  const auto found = offered(all);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].commands, (std::vector<std::string>{
                                   "Set-AcceptedDomain -Identity 'example.com' -MakeDefault $true",
                                   "Remove-AcceptedDomain -Identity 'Every''thing'"}));
  EXPECT_EQ(afterwards(all, found[0]), "none");
}

TEST(Remedies, KeepWhatTheyDoNotChange) {
  auto all = open_frontend();
  all.connectors.push_back({.name = "Relay",
                            .bindings = "{[::]:26, 10.0.0.1:25}",
                            .ranges = "{192.168.5.0/24, 2001:db8::-2001:db8::ff}"});
  all.permissions.push_back({.connector = "Relay"});
  const auto found = offered(all);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(afterwards(all, found[0]), "192.168.5.0/24 2001:db8::/120");
}

TEST(Remedies, AreNoneForNamesThatNobodyWouldPaste) {
  auto all = open_frontend();
  all.connectors[0].name = all.permissions[0].connector = "A\xE2\x80\xAE";
  EXPECT_TRUE(offered(all).empty());
}

TEST(Remedies, QuoteAsPowerShellReads) {
  EXPECT_EQ(powershell_quote("EX01\\A b"), "'EX01\\A b'");
  EXPECT_EQ(powershell_quote("it's $x `n"), "'it''s $x `n'");
  EXPECT_EQ(powershell_quote("a\xE2\x80\x99; b"), "'a\xE2\x80\x99\xE2\x80\x99; b'");
  EXPECT_EQ(powershell_quote("a\nb"), "");
  EXPECT_EQ(powershell_quote(""), "");
}

}  // namespace
}  // namespace relayproof::exchange
