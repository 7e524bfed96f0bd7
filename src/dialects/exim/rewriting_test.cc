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
      {"before RCPT is read", "^([^%]*)%([^@]*)@example.com $1@$2 S\n",
       "undecided: rewrites what MAIL and RCPT say before it is read"},
      {"over and over", "\\N^([^%]*)%(.*)@example\\.com$\\N $1@$2 R\n",
       "undecided: rewrites recipients: the replacement is not followed"},
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
