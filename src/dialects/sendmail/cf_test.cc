// Lines of sendmail.cf: what they define, and where they stand.
#include "dialects/sendmail/cf.h"

#include <gtest/gtest.h>

#include <string>

#include "dialects/sendmail/cf_text.h"
#include "dialects/sendmail/cf_tokens.h"

namespace relayproof::sendmail {
namespace {

Cf read(const std::string& text, const MemoryFiles& files = {}) {
  const auto cf = read_cf_text(text, "/etc/mail/sendmail.cf", files,
                               CfHost{"mail.example.com", {}, {"192.0.2.25", "2001:db8::1"}});
  EXPECT_TRUE(cf) << to_string(cf.error());
  return cf.value_or(Cf{});
}

std::string shown(const Tokens& tokens, const Cf& cf) {
  std::string out;
  for (const std::string& each : tokens) out += "[" + to_external(each, cf.names) + "]";
  return out;
}

TEST(CfMacros, AreWhatTheyAreWhenALineIsRead) {
  const Cf cf =
      read("V10\nDmexample.org\nDj$w.$m\nD{X}a${m}b\nDY$?mset$|unset$.\nDZ8.17\nDmlater\n");
  EXPECT_EQ(cf.macro("j"), "mail.later");
  EXPECT_EQ(cf.macro("X"), "alaterb");
  EXPECT_EQ(cf.macro("Y"), "set");
  EXPECT_EQ(cf.version, "8.17");
  EXPECT_EQ(cf.level, 10);
}

TEST(CfClasses, HaveTheMembersOfLinesFilesAndTheMachine) {
  MemoryFiles files;
  files.add("/etc/mail/names", "# ours\nExample.org # comment\n  spaced.example \n");
  const Cf cf =
      read("V10\nCwone two\nC{Long}x $=w\nFw-o /etc/mail/names %[^\\#]\nFw-o /missing\n", files);
  const CfClass& own = *cf.class_of("w");
  for (const char* name : {"one", "TWO", "example.org", "spaced.example", "mail.example.com",
                           "[192.0.2.25]", "[IPv6:2001:db8:0:0:0:0:0:1]", "[127.0.0.1]"}) {
    EXPECT_TRUE(own.has(name)) << name;
  }
  EXPECT_FALSE(own.has("comment"));
  EXPECT_TRUE(own.is_complete());
  EXPECT_EQ(own.members.find("example.org")->second.line, 2U);
  EXPECT_TRUE(cf.class_of("Long")->has("two"));
  EXPECT_TRUE(cf.class_of("m")->has("example.com"));
}

TEST(CfClasses, OfProgramsAndMapsAreNotComplete) {
  const Cf cf = read("V10\nFR|/bin/list\nFS@LDAP\n");
  EXPECT_FALSE(cf.class_of("R")->is_complete());
  EXPECT_FALSE(cf.class_of("S")->is_complete());
}

TEST(CfRules, AreCutByTheOperatorsOfTheFile) {
  const Cf cf = read(
      "V10\nO OperatorChars=.@\nStry\nR$* < @ $=w . > $&{x}%b\t$#error $@ 5.7.1 $: \"a b\" $>3 "
      "$1\tno\n");
  const CfRule& rule = cf.rule_set("try")->rules.at(0);
  EXPECT_EQ(shown(rule.left, cf), "[$*][<][@][$=w][.][>][$&x][%b]");
  EXPECT_EQ(shown(rule.right, cf), "[$#][error][$@][5][.][7][.][1][$:][\"a b\"][$>][3][$1]");
  EXPECT_EQ(rule.where.line, 4U);
}

TEST(CfRuleSets, AreOneByNameAndByNumber) {
  const Cf cf = read("V10\nScanonify=3\nRa\tb\nS3\nRc\td\nSother\nRe\tf\n");
  EXPECT_EQ(cf.rule_set("canonify"), cf.rule_set("3"));
  EXPECT_EQ(cf.rule_set("3")->rules.size(), 2U);
  EXPECT_EQ(cf.rule_set("OTHER")->rules.size(), 1U);
  EXPECT_EQ(cf.rule_set("4"), nullptr);
}

TEST(CfSettings, AreOptionsMapsAndMailers) {
  const Cf cf = read(
      "V10\nO PrivacyOptions=goaway\nOpauthwarnings\nKaccess hash -T<TMPF> /etc/mail/access\n"
      "Mesmtp,\tP=[IPC], F=mDFMuXa, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP,\n\tA=TCP $h\n");
  EXPECT_EQ(cf.option("PrivacyOptions")->value, "authwarnings");
  EXPECT_EQ(cf.map("ACCESS")->arguments, "-T<TMPF> /etc/mail/access");
  EXPECT_EQ(cf.mailer("esmtp")->recipient_envelope_rules, "EnvToSMTP");
  EXPECT_TRUE(cf.mailer("esmtp")->has_flag('M'));
  EXPECT_TRUE(cf.problems.empty());
}

TEST(CfProblems, AreSaidWithTheirPlace) {
  struct Case {
    std::string text, says;
    std::size_t line;
  };
  const Case cases[] = {
      {"V10\nRa\tb\n", "a rule before any `S` line that is valid", 2},
      {"V10\nStry\nRa b\n", "invalid rewrite line: a tab is expected between its two sides", 3},
      {"V10\nStry\nR$1\tb\n", "Inappropriate use of $1-$9 on LHS", 3},
      {"V10\nStry\nR$*\t$2\n", "replacement $2 out of bounds", 3},
      {"\nYes\n", "unknown configuration line \"Yes\"", 2},
      {"V10\n\nFw/missing\n", "fileclass: cannot open '/missing': no such file", 3},
      {"S101\n", "bad ruleset 101", 1},
      {"Kx\n", "readcf: config K line, map x: no map class", 1},
  };
  for (const Case& each : cases) {
    const Cf cf = read(each.text);
    ASSERT_EQ(cf.problems.size(), 1U) << each.text;
    EXPECT_EQ(cf.problems[0].says, each.says);
    EXPECT_EQ(cf.problems[0].where.line, each.line);
  }
}

TEST(CfErrors, AreOneLineWithTheirPlace) {
  const MemoryFiles files;
  const auto zero = read_cf_text(std::string("V10\nDx\0y\n", 9), "/x.cf", files, {});
  ASSERT_FALSE(zero);
  EXPECT_EQ(to_string(zero.error()), "/x.cf:2:3: a zero byte: this is no sendmail.cf");
  const auto longer = read_cf_text("V10\nDx" + std::string(70'000, 'a'), "/x.cf", files, {});
  ASSERT_FALSE(longer);
  EXPECT_EQ(to_string(longer.error()), "/x.cf:2:1: longer than any line of a sendmail.cf");
}

}  // namespace
}  // namespace relayproof::sendmail
