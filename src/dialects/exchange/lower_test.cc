// What a client hears, and what becomes of its mail.
#include <gtest/gtest.h>

#include <string>

#include "dialects/exchange/address_reading.h"
#include "dialects/exchange/small_export_test.h"

namespace relayproof::exchange {
namespace {

SmallExport usual() {
  SmallExport all;
  all.connectors = {{.name = "Default Frontend EX01"},
                    {.name = "Client Frontend EX01",
                     .bindings = "{0.0.0.0:587}",
                     .groups = "ExchangeUsers",
                     .mechanisms = "Tls, BasicAuth, BasicAuthRequireTLS"},
                    {.name = "Relay", .bindings = "{0.0.0.0:25}", .ranges = "{192.168.5.0/24}"}};
  all.permissions = {{.connector = "Relay"}};
  all.domains = {{"example.com"}, {"*.example.net", "InternalRelay"}, {"corp", "InternalRelay"}};
  return all;
}

TEST(Replies, AreThoseOfTheDocumentation) {
  const auto loaded = load(usual());
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@example.com>")), "250 local");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<A@EXAMPLE.COM>")), "250 local");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@sub.example.net>")),
            "250 handed-on a@sub.example.net");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@corp>")), "250 local");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<postmaster>")), "250 local");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<someone>")), "501");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@sub.example.com>")), "550");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@example.org>")), "550");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@[203.0.113.1]>")), "550");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<@example.com:a@example.org>")), "550");
  EXPECT_EQ(told(loaded, attempt("192.168.5.9", "<a@example.org>")), "250 handed-on a@example.org");
  EXPECT_EQ(told(loaded, attempt("192.168.6.9", "<a@example.org>")), "550");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@example.org>", 2525)), "no connector");
  EXPECT_EQ(told(loaded, attempt("2001:db8::9", "<a@example.org>", 587)), "no connector");
  EXPECT_EQ(told(loaded, attempt("203.0.113.9", "<a@example.com>", 587)), "530");
}

TEST(Replies, ToUsersWhoLoggedInAreThoseOfTheirGroup) {
  const auto loaded = load(usual());
  auto by_user = attempt("203.0.113.9", "<a@example.org>", 587);
  by_user.user = "scanner";
  EXPECT_EQ(told(loaded, by_user), "250 handed-on a@example.org");
  // The frontend for strangers offers no login: whoever says he logged in is anonymous there.
  by_user.port = 25;
  EXPECT_EQ(told(loaded, by_user), "550");
}

TEST(Replies, DependOnTlsWhereItIsRequired) {
  auto all = usual();
  all.connectors[0].more = ",\"RequireTLS\":true";
  const auto loaded = load(all);
  auto by_stranger = attempt("203.0.113.9", "<a@example.com>");
  EXPECT_EQ(told(loaded, by_stranger), "451");
  by_stranger.tls = true;
  EXPECT_EQ(told(loaded, by_stranger), "250 local");
}

TEST(Replies, ComeFromTheConnectorOfTheAddressThatWasReached) {
  SmallExport all;
  all.connectors = {{.name = "Outer", .bindings = "{203.0.113.25:25}"},
                    {.name = "Inner", .bindings = "{10.0.0.25:25}"}};
  all.permissions = {{.connector = "Inner"}};
  const auto loaded = load(all);
  auto made = attempt("10.0.0.9", "<a@example.org>");
  made.server = *mail::IpAddress::parse("10.0.0.25");
  EXPECT_EQ(told(loaded, made), "250 handed-on a@example.org");
  made.server = *mail::IpAddress::parse("203.0.113.25");
  EXPECT_EQ(told(loaded, made), "550");
}

TEST(Doors, AreOneForEveryConnectorAndPort) {
  const auto loaded = load(usual());
  std::string names;
  for (const auto& door : loaded.policy.doors) {
    names += loaded.policy.listeners.at(door.listener).name + '\n';
  }
  EXPECT_EQ(names, "Default Frontend EX01 port 25\nRelay port 25\nClient Frontend EX01 port 587\n");
}

TEST(Doors, NameTheirServerWhereThereAreSeveral) {
  SmallExport all;
  all.connectors = {{.name = "Relay"}, {.name = "Relay", .server = "EX02"}};
  const auto loaded = load(all);
  ASSERT_EQ(loaded.policy.listeners.size(), 2U);
  EXPECT_EQ(loaded.policy.listeners[1].name, "Relay of EX02 port 25");
}

TEST(AddressReading, TakesWhatExchangeTakes) {
  const std::pair<std::string, std::string> paths[] = {
      {"<a@b.example>", "a@b.example"},
      {" <a@b.example> NOTIFY=NEVER", "a@b.example"},
      {"a@b.example", "a@b.example"},
      {"<@x.example,@y.example:a@b.example>", "a@b.example"},
      {"<\"a b\"@b.example>", "a b@b.example"},
      {"<\"a@x.example\"@b.example>", "a@x.example@b.example"},
      {"<a%x.example@b.example>", "a%x.example@b.example"},
      {"<a@[192.0.2.1]>", "a@[192.0.2.1]"},
      {"<Postmaster>", "postmaster@own.example"},
      {"<a@x.example@b.example>", "-"},
      {"<a>", "-"},
      {"<a@>", "-"},
      {"<@b.example>", "-"},
      {"<a@b..example>", "-"},
      {"<a@[1.2.3]>", "-"},
      {"<a@b.example", "-"},
      {"", "-"},
      {"<>", "-"},
  };
  for (const auto& [wire, address] : paths) {
    EXPECT_EQ(read_path(wire, "own.example", false).value_or("-"), address) << wire;
  }
  EXPECT_EQ(read_path("<>", "own.example", true), "");
}

}  // namespace
}  // namespace relayproof::exchange
