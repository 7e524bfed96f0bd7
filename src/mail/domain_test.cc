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

}  // namespace
}  // namespace relayproof::mail
