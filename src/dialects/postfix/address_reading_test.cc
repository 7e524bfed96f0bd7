// What Debian's Postfix 3.7.11 made of each of these, asked over SMTP.
#include "dialects/postfix/address_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/text.h"
#include "dialects/postfix/address_resolve.h"
#include "dialects/postfix/address_tokens.h"
#include "support/golden.h"

namespace relayproof::postfix {

int fuzz_address_parser(const std::uint8_t* data, std::size_t size);

namespace {

using ::testing::ElementsAre;

AddressSettings settings_of_the_lab() {
  AddressSettings settings;
  settings.version = {3, 7};
  settings.myhostname = "mail.here.example";
  settings.mydomain = "here.example";
  settings.myorigin = "here.example";
  settings.own_addresses = {*mail::IpAddress::parse("127.0.0.1")};
  settings.is_listed_as_local = [](std::string_view domain) {
    static const std::set<std::string> local{"here.example", "mail.here.example", "localhost"};
    return local.contains(to_lower(domain));
  };
  return settings;
}

// `rewritten` is empty where the server says 501; `asked` is the resolved recipient as its tables
// are asked for it.
struct Case {
  std::string_view wire;
  std::string_view rewritten;
  std::string_view asked;
};

void expect_all(const std::vector<Case>& cases, const AddressSettings& settings) {
  const auto addresses = make_addresses(settings);
  for (const auto& [wire, rewritten, asked] : cases) {
    const auto read = addresses.read_recipient(wire);
    EXPECT_EQ(read.value_or(""), rewritten) << wire;
    if (!read) continue;
    EXPECT_EQ(quote_local(addresses.transform("resolve", *read)), asked) << wire;
  }
}

TEST(AddressReadingTest, RecipientsComeDownToWhatPostfixMakesOfThem) {
  const std::vector<Case> cases = {
      {"<nobody@out.example>", "nobody@out.example", "nobody@out.example"},
      {"nobody@out.example", "nobody@out.example", "nobody@out.example"},
      {"nobody%out.example@here.example", "nobody%out.example@here.example", "nobody@out.example"},
      {"<nobody%out.example@[127.0.0.1]>", "nobody%out.example@[127.0.0.1]", "nobody@out.example"},
      {"<\"nobody@out.example\">", "nobody@out.example", "nobody@out.example"},
      {"<\"nobody%out.example\">", "nobody@out.example", "nobody@out.example"},
      {"<\"nobody%out.example\"@[127.0.0.1]>", "nobody%out.example@[127.0.0.1]",
       "nobody@out.example"},
      {"<\"nobody@out.example\"[127.0.0.1]>", "", ""},
      {"<test@out2.example@out.example>", "test@out2.example@out.example",
       "\"test@out2.example\"@out.example"},
      {"<nobody@out.example@here.example>", "nobody@out.example@here.example",
       "nobody@out.example"},
      {"<\"nobody@out.example\"@[127.0.0.1]>", "nobody@out.example@[127.0.0.1]",
       "nobody@out.example"},
      {"<nobody@out.example@[127.0.0.1]>", "nobody@out.example@[127.0.0.1]", "nobody@out.example"},
      {"<@here.example:nobody@out.example>", "nobody@out.example", "nobody@out.example"},
      {"<@[127.0.0.1]:nobody@out.example>", "nobody@out.example", "nobody@out.example"},
      {"<out.example!nobody>", "nobody@out.example", "nobody@out.example"},
      {"<out.example!nobody@[127.0.0.1]>", "out.example!nobody@[127.0.0.1]", "nobody@out.example"},
      {"<out.example!nobody@here.example>", "out.example!nobody@here.example",
       "nobody@out.example"},
      {"<postmaster>", "postmaster@here.example", "postmaster@here.example"},
      {"postmaster", "postmaster@here.example", "postmaster@here.example"},
      {"<>", "", ""},
      {"< >", "", ""},
      {"<@>", "", ""},
      {"<nobody@>", "", ""},
      {"<nobody@here.example.>", "nobody@here.example", "nobody@here.example"},
      {"<nobody@out.example.>", "nobody@out.example", "nobody@out.example"},
      {"<nobody@out.example..>", "", ""},
      {"<-nobody@here.example>", "", ""},
      {"<nobody@[192.0.2.9]>", "nobody@[192.0.2.9]", "nobody@[192.0.2.9]"},
      {"<nobody@192.0.2.9>", "", ""},
      {"<nobody@[IPv6:2001:db8::1]>", "nobody@[IPv6:2001:db8::1]", "nobody@[ipv6:2001:db8::1]"},
      {"<nobody@[2001:db8::1]>", "", ""},
      {"<\"\"@here.example>", "@here.example", "mailer-daemon@here.example"},
      {"<\"\">", "", ""},
      {"<nobody@here.example", "", ""},
      {"nobody@here.example>", "nobody@here.example", "nobody@here.example"},
      {"<nobody@here.example> NOTIFY=NEVER", "nobody@here.example", "nobody@here.example"},
      {"<nobody@here.example> FOO", "", ""},
      {"<nobody@here.example> ORCPT=rfc822;x@y", "nobody@here.example", "nobody@here.example"},
      {"<nobody(comment)@here.example>", "nobody@here.example", "nobody@here.example"},
      {"<nobody@here.example(comment)>", "nobody@here.example", "nobody@here.example"},
      {"Nobody <nobody@out.example>", "", ""},
      {"<a b@here.example>", "", ""},
      {"<a,b@here.example>", "", ""},
      {"<group:nobody@here.example;>", "nobody@here.example", "nobody@here.example"},
      {"<@a,@b:nobody@out.example>", "nobody@out.example", "nobody@out.example"},
      {"<@a:@b:nobody@out.example>", "nobody@out.example", "nobody@out.example"},
      {"<nobody@host>", "nobody@host", "nobody@host"},
      {"<\"a b\"@here.example>", "a b@here.example", "\"a b\"@here.example"},
      {"<a\\@out.example@here.example>", "a@out.example@here.example", "a@out.example"},
      {"<nobody%out.example%here.example>", "nobody%out.example@here.example",
       "nobody@out.example"},
      {"<here.example!out.example!nobody>", "out.example!nobody@here.example",
       "nobody@out.example"},
      {"<out.example!nobody%here.example>", "nobody%here.example@out.example",
       "nobody%here.example@out.example"},
      {"<a%b!c@here.example>", "", ""},
      {"<\"out.example!nobody\"@here.example>", "out.example!nobody@here.example",
       "nobody@out.example"},
      {"<\"nobody@out.example\"%here.example@here.example>", "", ""},
      {"<nobody@\"out.example\">", "nobody@out.example", "nobody@out.example"},
      {"<nobody@out.example%here.example>", "", ""},
      {"<nobody@out.example!here.example>", "", ""},
      {"<nobody@a_b.example>", "nobody@a_b.example", "nobody@a_b.example"},
      {"<nobody@-a.example>", "", ""},
      {"<nobody@1.2.3>", "", ""},
      {"<nobody@[127.0.0.1].>", "nobody@[127.0.0.1]", "nobody@[127.0.0.1]"},
      {"<<nobody@out.example>>", "nobody@out.example", "nobody@out.example"},
      {"<nobody@out.example>,<b@here.example>", "", ""},
      {"\"nobody@out.example\"", "nobody@out.example", "nobody@out.example"},
      {"  <nobody@out.example>  ", "nobody@out.example", "nobody@out.example"},
      {"<nobody@out.example>x", "", ""},
      {"<\"\\\"\">", "\"@here.example", "\"\\\"\"@here.example"},
      {"<\"nobody@out.example\"@here.example.>", "nobody@out.example@here.example",
       "nobody@out.example"},
      {"<.nobody@here.example>", ".nobody@here.example", "\".nobody\"@here.example"},
      {"<no..body@here.example>", "no..body@here.example", "\"no..body\"@here.example"},
      {"<nobody.@here.example>", "nobody.@here.example", "\"nobody.\"@here.example"},
      {"<nobody@here.example:25>", "", ""},
      {"<here.example:nobody@out.example>", "here.example:nobody@out.example",
       "\"here.example:nobody\"@out.example"},
      {"<nobody|x@here.example>", "nobody|x@here.example", "nobody|x@here.example"},
      {"<a@b@c@here.example>", "a@b@c@here.example", "\"a@b\"@c"},
      {"<\"a@b\"@c@here.example>", "a@b@c@here.example", "\"a@b\"@c"},
      {"<@here.example>", "@here.example", "mailer-daemon@here.example"},
      {"<@out.example>", "@out.example", "\"\"@out.example"},
      {"<%out.example@here.example>", "%out.example@here.example", "\"\"@out.example"},
  };
  expect_all(cases, settings_of_the_lab());
}

TEST(AddressReadingTest, PercentAndBangStayWhereTheyAreNotAsked) {
  auto settings = settings_of_the_lab();
  settings.allow_percent_hack = false;
  settings.swap_bangpath = false;
  const std::vector<Case> cases = {
      {"nobody%out.example@here.example", "nobody%out.example@here.example",
       "nobody%out.example@here.example"},
      {"<nobody%out.example@[127.0.0.1]>", "nobody%out.example@[127.0.0.1]",
       "nobody%out.example@[127.0.0.1]"},
      {"<\"nobody%out.example\">", "nobody%out.example@here.example",
       "nobody%out.example@here.example"},
      {"<\"nobody%out.example\"@[127.0.0.1]>", "nobody%out.example@[127.0.0.1]",
       "nobody%out.example@[127.0.0.1]"},
      {"<out.example!nobody>", "out.example!nobody@here.example",
       "out.example!nobody@here.example"},
      {"<out.example!nobody@[127.0.0.1]>", "out.example!nobody@[127.0.0.1]",
       "out.example!nobody@[127.0.0.1]"},
      {"<out.example!nobody@here.example>", "out.example!nobody@here.example",
       "out.example!nobody@here.example"},
      {"<nobody%out.example%here.example>", "nobody%out.example%here.example@here.example",
       "nobody%out.example%here.example@here.example"},
      {"<here.example!out.example!nobody>", "here.example!out.example!nobody@here.example",
       "here.example!out.example!nobody@here.example"},
      {"<out.example!nobody%here.example>", "out.example!nobody%here.example@here.example",
       "out.example!nobody%here.example@here.example"},
      {"<a%b!c@here.example>", "a%b!c@here.example", "a%b!c@here.example"},
      {"<\"out.example!nobody\"@here.example>", "out.example!nobody@here.example",
       "out.example!nobody@here.example"},
      {"<%out.example@here.example>", "%out.example@here.example", "%out.example@here.example"},
  };
  expect_all(cases, settings);
}

TEST(AddressReadingTest, QuotesKeepWhatIsInThem) {
  auto settings = settings_of_the_lab();
  settings.resolve_dequoted_address = false;
  const std::vector<Case> cases = {
      {"<nobody@out.example@here.example>", "nobody@out.example@here.example",
       "\"nobody@out.example\"@here.example"},
      {"<\"nobody@out.example\"@[127.0.0.1]>", "nobody@out.example@[127.0.0.1]",
       "\"nobody@out.example\"@[127.0.0.1]"},
      {"<nobody@out.example@[127.0.0.1]>", "nobody@out.example@[127.0.0.1]",
       "\"nobody@out.example\"@[127.0.0.1]"},
      {"<a\\@out.example@here.example>", "a@out.example@here.example",
       "\"a@out.example\"@here.example"},
      {"<\"nobody@out.example\"%here.example@here.example>",
       "nobody@out.example%here.example@here.example",
       "\"nobody@out.example%here.example\"@here.example"},
      {"<\"nobody@out.example\"@here.example.>", "nobody@out.example@here.example",
       "\"nobody@out.example\"@here.example"},
      {"<a@b@c@here.example>", "a@b@c@here.example", "\"a@b@c\"@here.example"},
      {"<\"a@b\"@c@here.example>", "a@b@c@here.example", "\"a@b@c\"@here.example"},
  };
  expect_all(cases, settings);
}

TEST(AddressReadingTest, ADomainIsCompletedAsTheSettingsSay) {
  auto settings = settings_of_the_lab();
  settings.append_at_myorigin = false;
  settings.append_dot_mydomain = true;
  const std::vector<Case> cases = {
      {"<postmaster>", "postmaster", "postmaster@mail.here.example"},
      {"postmaster", "postmaster", "postmaster@mail.here.example"},
      {"<nobody@host>", "nobody@host.here.example", "nobody@host.here.example"},
      {"<\"\\\"\">", "\"", "\"\\\"\"@mail.here.example"},
      {"<a@b@c@here.example>", "a@b@c@here.example", "\"a@b\"@c.here.example"},
      {"<\"a@b\"@c@here.example>", "a@b@c@here.example", "\"a@b\"@c.here.example"},
  };
  expect_all(cases, settings);
}

TEST(AddressReadingTest, EmptyAndNumericDomainsAreTakenIfAsked) {
  auto settings = settings_of_the_lab();
  settings.resolve_null_domain = true;
  settings.resolve_numeric_domain = true;
  settings.allow_min_user = true;
  const std::vector<Case> cases = {
      {"<@>", "@", "mailer-daemon@mail.here.example"},
      {"<nobody@>", "nobody@", "nobody@mail.here.example"},
      {"<-nobody@here.example>", "-nobody@here.example", "-nobody@here.example"},
      {"<nobody@192.0.2.9>", "nobody@192.0.2.9", "nobody@[192.0.2.9]"},
  };
  expect_all(cases, settings);
}

TEST(AddressReadingTest, KnowsWhatIsSpeltWithoutAFullDomain) {
  const auto settings = settings_of_the_lab();
  for (const auto* wire :
       {"<nobody>", "<nobody@host>", "<a!b>", "<a%b.example>", "<\"a%b.example\">", "<nobody@>"}) {
    EXPECT_TRUE(is_unqualified(wire, settings)) << wire;
  }
  for (const auto* wire :
       {"<>", "<nobody@host.example>", "<a!b@host.example>", "<nobody@[192.0.2.9]>"}) {
    EXPECT_FALSE(is_unqualified(wire, settings)) << wire;
  }
}

TEST(AddressReadingTest, StrictEnvelopesTakeBareMailboxesInBracketsOnly) {
  auto settings = settings_of_the_lab();
  settings.strict_rfc821_envelopes = true;
  const std::vector<Case> cases = {
      {"nobody@out.example", "", ""},
      {"nobody%out.example@here.example", "", ""},
      {"postmaster", "", ""},
      {"<\"\"@here.example>", "", ""},
      {"nobody@here.example>", "", ""},
      {"<nobody(comment)@here.example>", "", ""},
      {"<nobody@here.example(comment)>", "", ""},
      {"<group:nobody@here.example;>", "", ""},
      {"<@a:@b:nobody@out.example>", "", ""},
      {"\"nobody@out.example\"", "", ""},
      {"<@here.example>", "", ""},
      {"<@out.example>", "", ""},
  };
  expect_all(cases, settings);
}

TEST(AddressReadingTest, WithoutLocalDomainsNothingIsStripped) {
  auto settings = settings_of_the_lab();
  settings.is_listed_as_local = nullptr;
  settings.empty_address_recipient = "x@out.example";
  const std::vector<Case> cases = {
      {"nobody%out.example@here.example", "nobody%out.example@here.example",
       "nobody%out.example@here.example"},
      {"<nobody@out.example@here.example>", "nobody@out.example@here.example",
       "\"nobody@out.example\"@here.example"},
      {"<out.example!nobody@here.example>", "out.example!nobody@here.example",
       "out.example!nobody@here.example"},
      {"<@>", "@", "x@out.example"},
      {"<\"\"@here.example>", "@here.example", "\"\"@here.example"},
      {"<a\\@out.example@here.example>", "a@out.example@here.example",
       "\"a@out.example\"@here.example"},
      {"<nobody%out.example%here.example>", "nobody%out.example@here.example",
       "nobody%out.example@here.example"},
      {"<here.example!out.example!nobody>", "out.example!nobody@here.example",
       "out.example!nobody@here.example"},
      {"<a%b!c@here.example>", "a%b!c@here.example", "a%b!c@here.example"},
      {"<\"out.example!nobody\"@here.example>", "out.example!nobody@here.example",
       "out.example!nobody@here.example"},
      {"<\"nobody@out.example\"%here.example@here.example>",
       "nobody@out.example%here.example@here.example",
       "\"nobody@out.example%here.example\"@here.example"},
      {"<\"nobody@out.example\"@here.example.>", "nobody@out.example@here.example",
       "\"nobody@out.example\"@here.example"},
      {"<a@b@c@here.example>", "a@b@c@here.example", "\"a@b@c\"@here.example"},
      {"<\"a@b\"@c@here.example>", "a@b@c@here.example", "\"a@b@c\"@here.example"},
      {"<@here.example>", "@here.example", "\"\"@here.example"},
      {"<%out.example@here.example>", "%out.example@here.example", "%out.example@here.example"},
  };
  expect_all(cases, settings);
}

TEST(AddressReadingTest, ASenderMayBeEmptyARecipientMayNot) {
  const auto addresses = make_addresses(settings_of_the_lab());
  EXPECT_EQ(addresses.read_sender("<>"), "");
  EXPECT_EQ(addresses.read_sender(" <> BODY=8BITMIME SIZE=1000 RET=HDRS ENVID=x SMTPUTF8"), "");
  EXPECT_EQ(addresses.read_sender("<> NOTIFY=NEVER"), std::nullopt);
  EXPECT_EQ(addresses.read_sender("<user>"), "user@here.example");
  EXPECT_EQ(addresses.read_sender(""), std::nullopt);
  EXPECT_EQ(addresses.read_recipient("<>"), std::nullopt);
}

TEST(AddressReadingTest, UpTo210NobodysStandInIsNotResolvedAgain) {
  auto settings = settings_of_the_lab();
  settings.empty_address_recipient = "x@out.example";
  EXPECT_EQ(resolve_address("@here.example", settings).address, "x@out.example");
  settings.version = {2, 10};
  EXPECT_EQ(resolve_address("@here.example", settings).address, "x@out.example@here.example");
}

TEST(AddressReadingTest, UpTo32QuotesAreTakenOffUpToTheLastAt) {
  EXPECT_EQ(unquote_local("\"a b\"@\"c@d\"", {3, 2}), "a b@c@d\"");
  EXPECT_EQ(unquote_local("\"a b\"@\"c@d\"", {3, 3}), "a b@\"c@d\"");
}

TEST(AddressReadingTest, RowsHoldSeveralAddressesOrADomain) {
  const auto addresses = make_addresses(settings_of_the_lab());
  const auto targets = [&](std::string_view value) {
    return addresses.targets(value, "user@old.example");
  };
  EXPECT_THAT(targets("a@b.example, c d@e.example"),
              ElementsAre("a@b.example", "c@here.example", "d@e.example"));
  EXPECT_THAT(targets("@new.example"), ElementsAre("user@new.example"));
  EXPECT_THAT(targets("\"x y\"@b.example"), ElementsAre("x y@b.example"));
  EXPECT_THAT(targets("out.example!user"), ElementsAre("user@out.example"));
  EXPECT_THAT(targets("| /bin/program --option"), ElementsAre("| /bin/program --option"));
  EXPECT_THAT(targets("<>"), ElementsAre(""));
}

TEST(AddressReadingTest, ALocalPartThatIsCopiedIsQuotedAgainFrom32On) {
  auto settings = settings_of_the_lab();
  const auto targets = [&] {
    return addresses_of_row("@new.example", "x@evil.example,y@old.example", settings);
  };
  EXPECT_THAT(targets(), ElementsAre("x@evil.example,y@new.example"));
  settings.version = {3, 1};
  EXPECT_THAT(targets(), ElementsAre("x@evil.example", "y@new.example"));
}

// Sequences of a few pieces, read, spelt and read again. Oddities in the domain (quotes, a dot from
// `@user.\\`) go the second time.
TEST(AddressReadingTest, WhatIsSpeltReadsBackToTheSameRecipient) {
  const auto settings = settings_of_the_lab();
  const auto addresses = make_addresses(settings);
  const std::string_view pieces[] = {
      "user", "@", "%", "!", "\"", ".", " ", "\\", "here.example", "out.example", "[127.0.0.1]"};
  std::size_t taken = 0;
  const std::size_t all = std::size(pieces);
  for (std::size_t number = 0; number < all * all * all * all * all; number += 7) {
    std::string wire = "<";
    for (std::size_t rest = number; rest > 0; rest /= all) wire += pieces[rest % all];
    const auto read = addresses.read_recipient(wire + ">");
    if (!read) continue;
    ++taken;
    const auto again = addresses.read_recipient(addresses.spell(*read));
    ASSERT_TRUE(again) << wire;
    if (is_valid_domain(read->substr(read->rfind('@') + 1), settings)) {
      ASSERT_EQ(*again, *read) << wire;
    }
    ASSERT_EQ(addresses.transform("resolve", *again), addresses.transform("resolve", *read))
        << wire;
  }
  EXPECT_GT(taken, 1000U);
}

TEST(AddressReadingTest, SavedFuzzInputsPass) {
  std::size_t inputs = 0;
  const std::string corpus = std::string(RELAYPROOF_SOURCE_DIR) + "/fuzz/corpus/address_parser";
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string bytes = testing_support::read_file(entry.path().string());
    EXPECT_EQ(
        fuzz_address_parser(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 3U);
}

}  // namespace
}  // namespace relayproof::postfix
