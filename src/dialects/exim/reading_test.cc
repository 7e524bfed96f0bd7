// How addresses and redirection data are read.
#include <gtest/gtest.h>

#include <string>

#include "dialects/exim/addresses.h"
#include "dialects/exim/redirection.h"

namespace relayproof::exim {
namespace {

TEST(Recipients, AreReadAsEximDoes) {
  AddressRules rules;
  rules.qualify_recipient = "example.com";
  const struct {
    std::string wire;
    std::string read;  // empty: 501
  } cases[] = {
      {"<a@Example.COM>", "a@example.com"},
      {"a@example.com", "a@example.com"},
      {"<@x.example,@y.example:a@example.com>", "a@example.com"},
      {"<\"a b\"@example.com>", "a b@example.com"},
      {"<\"a@b\"@example.com>", "a@b@example.com"},
      {"<postmaster>", "postmaster@example.com"},
      {"<a>", ""},
      {"<>", ""},
      {"<a@example.com", ""},
      {"<a b@example.com>", ""},
      {"<a@[192.0.2.1]>", ""},
      {"<a@example.com.>", ""},
      {"<a%b.example@example.com>", "a%b.example@example.com"},
      {"Somebody <a@example.com>", "a@example.com"},
      {"<a@b@example.com>", ""},
      {"(of no use) <a@example.com>", "a@example.com"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(read_recipient(one.wire, rules).value_or(""), one.read) << one.wire;
  }
}

TEST(Recipients, WithThePercentHackAreRewrittenAtOnce) {
  AddressRules rules;
  rules.has_percent_hack = [](std::string_view domain) { return domain == "example.com"; };
  EXPECT_EQ(read_recipient("<a%b.example@example.com>", rules), "a@b.example");
  EXPECT_EQ(read_recipient("<a%b.example@example.net>", rules), "a%b.example@example.net");
  EXPECT_EQ(read_recipient("<a%c.example%example.com@example.com>", rules), "a@c.example");
}

TEST(Senders, MayBeEmptyButNotBare) {
  const AddressRules rules;
  EXPECT_EQ(read_sender("<>", rules), "<>");
  EXPECT_EQ(read_sender("<A@Example.net>", rules), "A@Example.net");
  EXPECT_EQ(read_sender("<a>", rules), std::nullopt);
}

TEST(RedirectionData, IsReadAsEximDoes) {
  using Kind = Redirection::Kind;
  const struct {
    std::string data;
    Kind kind;
    std::string addresses;
  } cases[] = {
      {"", Kind::declines, ""},
      {"# nothing", Kind::declines, ""},
      {"alice, bob@example.org", Kind::addresses, "alice@example.com bob@example.org "},
      {":fail: no such user", Kind::dropped, ""},
      {":blackhole:", Kind::dropped, ""},
      {":defer: later", Kind::dropped, ""},
      {":unknown:", Kind::declines, ""},
      {":include:/etc/list", Kind::unreadable, ""},
      {"|/usr/bin/filter", Kind::local, ""},
      {"/var/mail/x", Kind::local, ""},
      {"\\alice", Kind::addresses, "alice@example.com "},
      {"A B <b@example.org>", Kind::addresses, "b@example.org "},
      {"\"|/bin/x a, b\", alice", Kind::addresses, "alice@example.com "},
  };
  for (const auto& one : cases) {
    const auto read = read_redirection(one.data, "example.com");
    std::string addresses;
    for (const auto& address : read.addresses) addresses += address + ' ';
    EXPECT_EQ(read.kind, one.kind) << one.data;
    EXPECT_EQ(addresses, one.addresses) << one.data;
  }
}

}  // namespace
}  // namespace relayproof::exim
