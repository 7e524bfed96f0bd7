// Rewrite sections whose real behaviour is known (exim 4.96, -brw and -bt), and what is said of
// them.
#include "dialects/exim/rewriting.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dialects/exim/small_config_test.h"

namespace relayproof::exim {
namespace {

std::string with_rules(const std::string& rules, const std::string& routers = "",
                       const std::string& acl = gate) {
  return head + "begin acl\nrcpt:\n" + acl + "begin routers\n" + routers +
         tail.substr(tail.find("remote:")) + "begin rewrite\n" + rules;
}

struct Known {
  std::string name;
  std::string rules;
  std::string verdict;
};

const std::vector<Known>& known() {
  static const std::vector<Known> cases = {
      {"the percent hack", "\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2\n", "open"},
      {"the percent hack for recipients", "\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2 T\n", "open"},
      {"the percent hack for senders", "\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2 F\n", "closed"},
      {"the percent hack for the header", "\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2 h\n", "closed"},
      {"a pattern that cannot be expanded", "^([^%]*)%(.*)@example\\.com$ $1@$2\n", "closed"},
      {"a star that is no wild card", "*%*@example.com $1@$2\n", "closed"},
      {"one sign", "*@example.com ${sg{$local_part}{%}{@}}\n", "open"},
      {"a forward of all", "*@example.com $1@example.net\n", "closed"},
      {"a forward of one", "alice@example.com bob@example.org\n", "closed"},
      {"below a domain", "*@*.example.com $1@$2.example.net\n", "closed"},
      {"to the domain that is in front", "*@*.mail.example.com $1@$2\n", "closed"},
      {"an asterisk ends it before the hole",
       "*@example.com *\n\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2\n", "closed"},
      {"small letters keep it from the hole, capitals do not",
       "\\N^[a-z%.]*@example\\.com$\\N *\n\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2\n",
       "undecided: rewrites recipients: a rule behind it may be reached by other letters, capital "
       "or small"},
      {"a quit ends it before the hole",
       "*@example.com alice@inner.example.com q\n\\N^([^%]*)%(.*)@inner\\.example\\.com$\\N "
       "$1@$2\n",
       "closed"},
      {"without the quit",
       "*@example.com $1@inner.example.com\n\\N^([^%]*)%(.*)@inner\\.example\\.com$\\N $1@$2\n",
       "open"},
      {"a quit of a rule that fails",
       "*@example.com \"${if eq{1}{2}{x}fail}\" q\n\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2\n",
       "closed"},
      {"a rule that fails",
       "*@example.com \"${if eq{1}{2}{x}fail}\"\n\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2\n",
       "open"},
      {"what is no address ends it",
       "*@example.com unqualified\n\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2\n", "closed"},
      {"rows of a database",
       "*@example.com \"${lookup mysql{select a from b where c='$1'}{$value}fail}\"\n", "closed"},
      {"the environment", "*@* ${env{MAIL_TO}{$value}fail}\n", "closed"},
      {"the environment and the client", "*@* ${env{MAIL_TO}{$1}{$2}}\n",
       "undecided: rewrites recipients: the replacement is not followed"},
      {"what is not followed, in front of a domain", "*@example.com ${tr{$1}{.}{_}}@example.net\n",
       "closed"},
      {"what is not followed", "*@example.com ${tr{$local_part}{%}{@}}\n",
       "undecided: rewrites recipients: ${tr is not followed"},
      {"over and over", "\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2 R\n", "open"},
      {"over and over, of what is written down", "*@example.com alice@example.org R\n", "closed"},
      {"over and over, in the own domain", "\\N^x(.*)@example\\.com$\\N $1@example.com R\n",
       "closed"},
      {"before RCPT is read", "\\N^<?([^%]*)%([^@]*)@example\\.com\\N $1@$2 S\n", "closed"},
      {"before RCPT is read, by a condition",
       "\\N^<(.*)%(.*)@example\\.com>$\\N \"${if eq{$1}{x}{$1@$2}fail}\" S\n",
       "undecided: rewrites what MAIL and RCPT say before it is read: it hangs on a condition"},
  };
  return cases;
}

TEST(Rewriting, VerdictsAreThoseOfTheRealServer) {
  for (const auto& one : known()) {
    EXPECT_EQ(verdict(load(with_rules(one.rules))), one.verdict) << one.name;
  }
}

TEST(Rewriting, WhatARouterMakesIsRewritten) {
  const std::string rules = "\\N^([^%]*)%(.*)@mail\\.example\\.com$\\N $1@$2\n";
  const std::string router =
      "moved:\n  driver = redirect\n  domains = example.com\n  data = "
      "$local_part@mail.example.com\n";
  EXPECT_EQ(verdict(load(with_rules(rules, router))), "open");
  const std::string gate_of_one =
      "  accept hosts = +relay_from_hosts\n  require domains = example.com\n  accept\n";
  EXPECT_EQ(verdict(load(with_rules(rules, router, gate_of_one))), "open");
  EXPECT_EQ(verdict(load(with_rules(rules, router + "  rewrite = false\n", gate_of_one))),
            "closed");
}

TEST(Rewriting, OneAttemptGoesWhereItIsSent) {
  const auto loaded =
      load(with_rules("nobody7@example.com alice@example.com\n"
                      "alice@example.com bob@example.org T\n"
                      "*@example.org $1@sub.$domain q\n"
                      "*@sub.example.org x@example.net\n"));
  EXPECT_EQ(told(loaded, attempt("<x@club.example>", "<nobody7@example.com>")),
            "250 handed-on bob@sub.example.org");
  EXPECT_EQ(told(loaded, attempt("<x@club.example>", "<root@example.com>")),
            "250 handed-on bob@sub.example.org");
}

TEST(Rewriting, RecipientsAreVerifiedAsTheyAreRewritten) {
  const std::string verified = "  require verify = recipient\n  accept\n";
  const auto loaded =
      load(with_rules("nobody7@example.com alice@example.com T\n"
                      "alice@mail.example.com nobody8@example.com\n",
                      "", verified));
  EXPECT_EQ(told(loaded, attempt("<x@club.example>", "<nobody7@example.com>")), "250 local");
  EXPECT_EQ(told(loaded, attempt("<x@club.example>", "<nobody8@example.com>")), "550");
  EXPECT_EQ(told(loaded, attempt("<x@club.example>", "<alice@mail.example.com>")), "550");
}

TEST(Rewriting, ARuleIsRepeatedElevenTimes) {
  const struct {
    std::string rules;
    std::string to;
    std::string becomes;
  } cases[] = {
      {"\\N^x(.*)@example\\.com$\\N $1@example.com R\n", "xxalice", "250 local"},
      {"\\N^x(.*)@example\\.com$\\N $1@example.com R\n", "xxxxxxxxxxxalice", "250 local"},
      {"\\N^x(.*)@example\\.com$\\N $1@example.com R\n", "xxxxxxxxxxxxalice", "550"},
      {"\\N^x(.*)@example\\.com$\\N $1@example.com Rq\nalice@example.com nobody@example.com\n",
       "xxalice", "250 local"},
      {"\\N^x(.*)@example\\.com$\\N $1@example.com R\nalice@example.com nobody@example.com\n",
       "xxalice", "550"},
      {"\\N^x(.*)@example\\.com$\\N $1@example.com Rq\nroot@example.com nobody@example.com\n",
       "root", "550"},
      {"*@example.com alice@example.com R\n", "nobody", "250 local"},
  };
  for (const auto& one : cases) {
    const auto to = "<" + one.to + "@example.com>";
    EXPECT_EQ(told(load(with_rules(one.rules, "", gate)), attempt("<x@club.example>", to)),
              one.becomes)
        << one.rules << to;
  }
}

// Exim skips a router for what it made of the same address.
TEST(Rewriting, ARouterDoesNotHandleAgainWhatItMade) {
  const std::string rule = "bob@example.com alice@example.com\n";
  const std::string aliases =
      "moved:\n  driver = redirect\n  local_parts = alice\n  data = bob@example.com\n";
  const auto alice = attempt("<x@club.example>", "<alice@example.com>");
  EXPECT_EQ(told(load(with_rules(rule, aliases)), alice), "250 local");
  EXPECT_EQ(told(load(with_rules(rule, aliases + "  no_more\n")), alice), "250 local");
  EXPECT_EQ(told(load(with_rules("", aliases + "back:\n  driver = redirect\n  local_parts = bob\n"
                                               "  data = alice@example.com\n")),
                 alice),
            "250 local");
  EXPECT_EQ(
      told(load(with_rules(rule, aliases, "  require verify = recipient\n  accept\n")), alice),
      "250 local");
}

// A router that sends everything to itself is skipped then, and no_more ends nothing.
TEST(Rewriting, WhatARouterLeavesAsItIsGoesOnBehindIt) {
  const std::string router =
      "same:\n  driver = redirect\n  data = $local_part@$domain\n  no_more\n";
  const auto loaded = load(with_rules("", router, "  accept\n"));
  EXPECT_EQ(told(loaded, attempt("<x@club.example>", "<bob@example.org>")),
            "250 handed-on bob@example.org");
  EXPECT_EQ(verdict(loaded), "open");
}

TEST(Rewriting, ArgumentsAreRewrittenBeforeTheyAreRead) {
  const struct {
    std::string rules;
    std::string to;
    std::string becomes;
  } cases[] = {
      // Of the whole argument: a group that begins behind `^` has the bracket in it.
      {"^([^%]*)%([^@]*)@example.com $1@$2 S\n", "<x%example.net@example.com>", "550"},
      {"\\N^<([^%]*)%([^@]*)@example\\.com>$\\N $1@$2 S\n", "<x%example.net@example.com>", "550"},
      {"\\N^<([^!]*)!([^@]*)>$\\N $2@$1 S\n", "<example.net!x>", "550"},
      {"\\N^<x@example\\.net>$\\N alice@example.com S\n", "<x@example.net>", "250 local"},
      {"\\N^<x@example\\.net>$\\N alice@example.com S\n", "<X@example.net>", "550"},
      {"\\N^<x@example\\.net>$\\N alice S\n", "<x@example.net>", "550"},
      {"\\N^<x@example\\.net>$\\N alice SQ\n", "<x@example.net>", "250 local"},
      // Behind the first one there are no brackets any more.
      {"\\N^<x@example\\.net>$\\N y@example.net S\n^<y root@example.com S\n", "<x@example.net>",
       "550"},
      {"\\N^<x@example\\.net>$\\N y@example.net S\n^y root@example.com S\n", "<x@example.net>",
       "250 local"},
      {"\\N^<x@example\\.net>$\\N y@example.net Sq\n^y root@example.com S\n", "<x@example.net>",
       "550"},
      {"\\N^(<?)a(.*)@example\\.net\\N $2@example.net SR\n^b alice@example.com S\n",
       "<aaab@example.net>", "250 local"},
      {"\\N^<?a(.*)@example\\.net\\N $1@example.net SR\n^b alice@example.com S\n",
       "<aaaaaaaaaaaab@example.net>", "550"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(told(load(with_rules(one.rules, "", gate)), attempt("<x@club.example>", one.to)),
              one.becomes)
        << one.rules << one.to;
  }
}

TEST(Rewriting, AWitnessArrivesPastWhatRewritesIt) {
  const std::string accept = "  accept\n";
  EXPECT_EQ(
      verdict(load(with_rules("\\N^<(.*)@example\\.net>$\\N alice@example.com S\n", "", accept))),
      "open");
  EXPECT_EQ(verdict(load(with_rules("\\N^<.*$\\N alice@example.com S\n", "", accept))),
            "undecided, what is made of MAIL and RCPT before they are read");
}

TEST(Rewriting, SendersAreRewrittenForWhatDelivers) {
  const std::string router =
      "ours:\n  driver = redirect\n  senders = trusted@example.com\n  domains = example.org\n"
      "  data = alice@example.com\n";
  const auto loaded =
      load(with_rules("*@club.example trusted@example.com F\n", router, "  accept\n"));
  EXPECT_EQ(told(loaded, attempt("<x@club.example>", "<bob@example.org>")), "250 local");
  EXPECT_EQ(told(loaded, attempt("<x@example.net>", "<bob@example.org>")),
            "250 handed-on bob@example.org");
}

}  // namespace
}  // namespace relayproof::exim
