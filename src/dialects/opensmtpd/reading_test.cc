#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialects/opensmtpd/address_reading.h"
#include "dialects/opensmtpd/alias_rows.h"
#include "dialects/opensmtpd/lexer.h"
#include "dialects/opensmtpd/recognise.h"
#include "dialects/opensmtpd/small_config_test.h"
#include "dialects/opensmtpd/table_file.h"

namespace relayproof::opensmtpd {
namespace {

std::string read(const std::string& text) {
  Lexer lexer("smtpd.conf", std::make_shared<const std::string>(text));
  std::string told;
  for (auto token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next()) {
    told += token.kind == Token::Kind::newline ? ";"
            : token.quoted                     ? "'" + token.text + "' "
                                               : token.text + " ";
  }
  return told;
}

TEST(Paths, AreReadAsSmtpMailaddrDoes) {
  const std::pair<std::string, std::string> good[] = {
      {"<bob@example.net>", "bob@example.net"},
      {" <bob@example.net> NOTIFY=NEVER", "bob@example.net"},
      {"<bob>", "bob@host.example"},
      {"<@a,@b:bob@example.net>", "bob@example.net"},
      {"<x:bob@example.net>", "bob@example.net"},
      {"<bob%example.org@example.net>", "bob%example.org@example.net"},
      {"<example.org!bob>", "example.org!bob@host.example"},
      {"<bob@[192.0.2.1]>", "bob@[192.0.2.1]"},
      {"<bob@[IPv6:2001:db8::1]>", "bob@[IPv6:2001:db8::1]"},
      {"<bob@>", "bob@host.example"},
  };
  for (const auto& [wire, address] : good) {
    EXPECT_EQ(read_path(wire, "host.example", false), address) << wire;
  }
  for (const auto* wire :
       {"bob@example.net", "<>", "<\"bob\"@example.net>", "<bob@a@b>", "<@example.net>",
        "<a..b@example.net>", "<bob@example.net.>", "<bob@-a.example>", "<bob@a..b>", "< bob@x>",
        "<bob@example.net> X=1", "<a:b:bob@example.net>", "<bob@[192.0.2]>", "<bob@[192.0.2.1>"}) {
    EXPECT_FALSE(read_path(wire, "host.example", false)) << wire;
  }
  EXPECT_EQ(read_path("<>", "host.example", true), "");
}

TEST(Aliases, AreTakenApartAsExpandLineDoes) {
  EXPECT_EQ(targets_of("root, bob@example.net , \"|/bin/x a,b\", '|c,d'"),
            (std::vector<std::string>{"root", "bob@example.net", "\"|/bin/x a,b\"", "'|c,d'"}));
  using Kind = Target::Kind;
  const std::pair<std::string, Kind> kinds[] = {
      {"root", Kind::user},
      {"a+b", Kind::user},
      {"a@b.example", Kind::address},
      {"|/bin/x", Kind::program},
      {"\"|/bin/x y\"", Kind::program},
      {"/dev/null", Kind::program},
      {"error:550 no", Kind::error},
      {":error:421 x", Kind::error},
      {":include:/x", Kind::include},
      {"a b", Kind::invalid},
      {"a@", Kind::invalid},
      {"error:250 x", Kind::invalid},
  };
  for (const auto& [text, kind] : kinds) EXPECT_EQ(target_of(text).kind, kind) << text;
}

TEST(Tables, AreListsOrMapsByTheirFirstRow) {
  const auto rows = [](const std::string& text) {
    Table table;
    const auto wrong = parse_rows(std::make_shared<const std::string>(text), table);
    if (wrong) return "wrong " + std::to_string(*wrong);
    std::string told = table.kind == Table::Kind::list ? "list" : "map";
    for (const auto& row : table.rows) {
      told += "," + std::string(row.key) + "=" + std::string(row.value);
    }
    return told;
  };
  EXPECT_EQ(rows("# x\n\n a.example \n10.0.0.1\n"), "list,a.example=,10.0.0.1=");
  EXPECT_EQ(rows("root: alice, bob\nx\ty z\n"), "map,root=alice, bob,x=y z");
  EXPECT_EQ(rows("root : alice\n"), "map,root=alice");
  EXPECT_EQ(rows("#@list\n::1\n"), "list,::1=");
  EXPECT_EQ(rows("a: b\nc\n"), "wrong 2");
  EXPECT_EQ(rows(""), "map");
}

TEST(Recognition, GoesByContent) {
  EXPECT_TRUE(looks_like_smtpd_conf("# x\nlisten on lo\naccept for any relay\n"));
  EXPECT_TRUE(looks_like_smtpd_conf("action a mbox\nmatch for local \\\n  action a\n"));
  EXPECT_TRUE(looks_like_smtpd_conf("x = \"y\"\ntable t { \\\n a }\nmatch !from any reject\n"));
  EXPECT_FALSE(looks_like_smtpd_conf("pwcheck_method: saslauthd\nmech_list: plain\n"));
  EXPECT_FALSE(looks_like_smtpd_conf("mynetworks = 127.0.0.0/8\n"));
  EXPECT_FALSE(looks_like_smtpd_conf(""));
}

TEST(Reading, GoesThroughIncludesAndMacros) {
  const auto loaded = load(
      "out = \"relay host smtp://hub.example.net\"\nwho = \"from any\"\ninclude \"/etc/rules\"\n",
      {{"/etc/rules", "action \"x\" $out\nmatch $who for any action \"x\""}});
  EXPECT_TRUE(loaded.runs) << loaded.why_not;
  EXPECT_EQ(loaded.files, (std::vector<std::string>{"smtpd.conf", "rules"}));
  EXPECT_EQ(loaded.coverage.back().text, "match from any for any action \"x\"");
  EXPECT_EQ(loaded.coverage.back().where.file, "/etc/rules");
  EXPECT_EQ(loaded.coverage.back().where.line, 2U);
}

TEST(Reading, NamesTheLineThatSmtpdDoesNotTake) {
  const std::pair<std::string, std::string> broken[] = {
      {"match $x for any reject\n", "1: macro 'x' not defined"},
      {"\n\ntable a /etc/x\n", "3: syntax error"},
      {"include \"/none\"\n", "1: failed to include file /none"},
      {"include \"/etc/smtpd.conf\"\n", "1: failed to include file /etc/smtpd.conf"},
      {"match from any \\\n for any \"x\n", "2: reached end of file"},
      {"action a mbox\naction a mbox\n", "2: dispatcher already declared with that name: a"},
      {"listen on lo port 70000\n", "1: invalid port: 70000"},
  };
  for (const auto& [text, says] : broken) {
    const auto loaded = load(text);
    EXPECT_NE(loaded.why_not.find(says), std::string::npos) << text << " -> " << loaded.why_not;
  }
}

TEST(Lexing, FollowsSmtpdsRulesForWords) {
  EXPECT_EQ(read("a-b /x"), "a-b / x ;");
  EXPECT_EQ(read("10.0.0.0/8 25 25x"), "10.0.0.0/8 25 25x ;");
  EXPECT_EQ(read("'a\nb' \"c\\\"d\" # e \\\n f\ng"), "'ab' 'c\"d' ;g ;");
  EXPECT_EQ(read("a\\\nb c=>d !<e>"), "ab c => d ! < e > ;");
}

}  // namespace
}  // namespace relayproof::opensmtpd
