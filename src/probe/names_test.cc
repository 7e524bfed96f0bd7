#include "probe/names.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

smtp::Record greeted(std::string greeting, std::string ehlo) {
  smtp::Record record;
  record.greeting = mail::Reply{220, {std::move(greeting)}};
  record.ehlo = mail::Reply{250, {std::move(ehlo)}};
  return record;
}

TEST(ServerNames, AreLearntFromGreetingAndEhlo) {
  ServerNames names;
  learn(names, greeted("Mail.Example.com ESMTP Postfix", "inside.example.com Hello"));
  EXPECT_EQ(names.banner, "mail.example.com");
  EXPECT_EQ(names.ehlo, "inside.example.com");
}

TEST(ServerNames, WordsAndAddressesAreNoNames) {
  for (const char* text :
       {"ESMTP ready", "localhost ESMTP", "192.0.2.25 ESMTP", "", "\x1b[2J.x y"}) {
    ServerNames names;
    learn(names, greeted(text, text));
    EXPECT_EQ(names.banner, "") << text;
  }
}

TEST(ServerNames, TheBannerNamesTheHostBeforeWhatWasTyped) {
  ServerNames names;
  names.given = "alias.example.com";
  EXPECT_EQ(primary_host(names, "x"), "alias.example.com");
  names.banner = "mail.example.com";
  EXPECT_EQ(primary_host(names, "x"), "mail.example.com");
  EXPECT_EQ(primary_host({}, "[192.0.2.25]"), "[192.0.2.25]");
}

TEST(ServerNames, DomainsAreLookedForWhereTheOperatorSaysThenByMxThenByParents) {
  ServerNames names;
  names.domains = {"other.example"};
  names.mail_domain = "example.com";
  names.given = "mail.example.com";
  EXPECT_EQ(candidate_domains(names, 5),
            (std::vector<std::string>{"other.example", "example.com", "mail.example.com"}));
  EXPECT_EQ(candidate_domains(names, 1), (std::vector<std::string>{"other.example"}));
}

TEST(ServerNames, APublicSuffixIsNobodysDomain) {
  ServerNames names;
  names.given = "mail.club.co.uk";
  EXPECT_EQ(candidate_domains(names, 5),
            (std::vector<std::string>{"club.co.uk", "mail.club.co.uk"}));
}

}  // namespace
}  // namespace relayproof::probe
