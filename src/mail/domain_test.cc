#include "mail/domain.h"

#include <gtest/gtest.h>

namespace relayproof::mail {
namespace {

TEST(Domain, KnowsNames) {
  for (const char* name : {"example.com", "localhost", "a-b.example", "_25._tcp.mx.example"}) {
    EXPECT_TRUE(is_domain_name(name)) << name;
  }
  for (const char* name :
       {"", ".", "a..b", "-a.example", "192.0.2.1", "exa mple.com", "a.\r\n", "example.com."}) {
    EXPECT_FALSE(is_domain_name(name)) << name;
  }
  EXPECT_FALSE(is_domain_name(std::string(64, 'a') + ".example"));
}

TEST(Domain, NormalisesCaseAndRootDot) {
  EXPECT_EQ(normalised_domain("Mail.Example.COM."), "mail.example.com");
}

TEST(Domain, KnowsTheNamesThatNobodyCanRegisterBelow) {
  for (const char* name : {"localhost", "relay.localhost", "mail.firma.local", "Host.Internal.",
                           "printer.home.arpa"}) {
    EXPECT_TRUE(is_at_or_below_unregistrable(name)) << name;
  }
  for (const char* name : {"localhost.example.com", "mylocalhost", "arpa", "firma.example"}) {
    EXPECT_FALSE(is_at_or_below_unregistrable(name)) << name;
  }
}

TEST(Domain, StopsAtThePublicSuffix) {
  EXPECT_EQ(name_and_parents("mx.mail.example.com"),
            (std::vector<std::string>{"mx.mail.example.com", "mail.example.com", "example.com"}));
  EXPECT_EQ(name_and_parents("mail.club.co.uk"),
            (std::vector<std::string>{"mail.club.co.uk", "club.co.uk"}));
  EXPECT_TRUE(name_and_parents("localhost").empty());
  EXPECT_TRUE(name_and_parents("co.uk").empty());
}

// Rules for names, for all names below one, and their exceptions (publicsuffix.org/list).
TEST(Domain, IsRegistrableWhereThereIsARegistrablePart) {
  for (const char* name : {"com",
                           "example.com",
                           "a.example.com",
                           "co.uk",
                           "a.co.uk",
                           "ck",
                           "a.ck",
                           "b.a.ck",
                           "www.ck",
                           "a.www.ck",
                           "kawasaki.jp",
                           "a.kawasaki.jp",
                           "b.a.kawasaki.jp",
                           "city.kawasaki.jp",
                           "a.city.kawasaki.jp",
                           "github.io",
                           "a.github.io",
                           "amazonaws.com",
                           "s3.amazonaws.com",
                           "a.s3.amazonaws.com",
                           "localhost",
                           "nosuchtop",
                           "a.nosuchtop",
                           "xn--55qx5d.cn",
                           "a.xn--55qx5d.cn",
                           "example.com.",
                           "",
                           "a..b"}) {
    EXPECT_EQ(is_registrable_or_below(name), !registrable_domain(name).empty()) << name;
  }
  EXPECT_TRUE(is_registrable_or_below("www.ck"));
  EXPECT_FALSE(is_registrable_or_below("a.ck"));
}

TEST(Domain, TellsThePartThatSomebodyRegistered) {
  EXPECT_EQ(registrable_domain("MX.mail.Example.COM."), "example.com");
  EXPECT_EQ(registrable_domain("mail.club.co.uk"), "club.co.uk");
  EXPECT_EQ(registrable_domain("example.com"), "example.com");
  for (const char* name :
       {"", "com", "co.uk", "localhost", "192.0.2.1", ".example.com", "a b.com"}) {
    EXPECT_EQ(registrable_domain(name), "") << name;
  }
}

}  // namespace
}  // namespace relayproof::mail
