#include "techniques/technique.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <vector>

#include "support/golden.h"

namespace relayproof::techniques {
namespace {

const Fill everything{.outside = "example.net",
                      .second_outside = "example.org",
                      .host = "mx.example.com",
                      .literal = "[192.0.2.25]",
                      .own_domain = "example.com",
                      .token = "relayproof-k3v",
                      .user = "ann@example.com",
                      .from = "op@example.edu"};

struct Printed {
  std::string_view mail_from;
  std::string_view rcpt_to;
  HeloForm helo = HeloForm::ours;
};

bool has(const Printed& wanted, std::string_view source) {
  const auto all = catalogue();
  return std::any_of(all.begin(), all.end(), [&](const Technique& row) {
    return printed(row.mail_from) == wanted.mail_from && printed(row.rcpt_to) == wanted.rcpt_to &&
           row.helo == wanted.helo && row.also_in.find(source) != std::string_view::npos;
  });
}

TEST(Catalogue, NamesAreUniqueAndShort) {
  std::set<std::string_view> seen;
  for (const Technique& row : catalogue()) {
    EXPECT_TRUE(seen.insert(row.name).second) << row.name;
    EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos)
        << row.name;
    EXPECT_EQ(find(row.name), &row);
  }
  EXPECT_EQ(find("no-such-technique"), nullptr);
}

TEST(Catalogue, HasMoreThanAnyToolHad) {
  const auto all = catalogue();
  EXPECT_GE(all.size(), 100U);
  for (const auto set : {Set::standard, Set::historic, Set::invasive}) {
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Technique& row) {
      return row.set == set;
    })) << to_string(set);
  }
}

TEST(Catalogue, AsksNothingTwice) {
  std::set<std::tuple<HeloForm, Prelude, std::string_view, std::string_view>> seen;
  for (const Technique& row : catalogue()) {
    EXPECT_TRUE(seen.insert({row.helo, row.prelude, row.mail_from, row.rcpt_to}).second)
        << row.name;
  }
}

TEST(Catalogue, EveryHoleIsKnownAndEveryRowSaysWhy) {
  for (const Technique& row : catalogue()) {
    for (const auto form : {row.mail_from, row.rcpt_to, row.twin}) {
      EXPECT_FALSE(lacks(form, everything)) << row.name;
      EXPECT_EQ(fill(form, everything).find_first_of("{}"), std::string::npos) << row.name;
    }
    EXPECT_FALSE(row.exploits.empty()) << row.name;
    EXPECT_FALSE(row.reference.empty()) << row.name;
  }
}

TEST(Catalogue, EveryRecipientIsARandomMailbox) {
  for (const Technique& row : catalogue()) {
    EXPECT_NE(fill(row.rcpt_to, everything).find("relayproof-k3v"), std::string::npos) << row.name;
  }
}

TEST(Catalogue, StartsWithThePlainSenders) {
  const auto all = catalogue();
  ASSERT_GE(all.size(), 3U);
  constexpr std::array senders{"<>", "<postmaster@{D}>", "<{from}>"};
  for (std::size_t i = 0; i < senders.size(); ++i) {
    EXPECT_EQ(all[i].mail_from, senders[i]);
    EXPECT_EQ(all[i].rcpt_to, "<{nobody}@{X}>");
  }
}

TEST(Catalogue, HasTheTwentyTypesAsTheyArePrinted) {
  constexpr std::string_view bare = "nobody@X";
  const std::vector<std::pair<int, Printed>> types{
      {1, {"nobody@X", bare}},
      {2, {"test@maps1.pa.vix.com", bare}},
      {3, {"<test@localhost>", bare}},
      {4, {"<test>", bare}},
      {5, {"<>", bare}},
      {6, {"test@H", bare}},
      {7, {"<test@L>", bare}},
      {8, {"test@H", "nobody%X@H"}},
      {9, {"test@H", "<nobody%X@L>"}},
      {10, {"test@H", R"(<"nobody@X">)"}},
      {11, {"test@H", R"(<"nobody%X">)"}},
      {12, {"test@H", R"(<"nobody%X"@L>)"}},
      {12, {"test@H", R"("nobody@X"L)"}},
      {12, {"test@H", "<test@X2@X>"}},
      {13, {"<test@L>", "<nobody@X@H>"}},
      {14, {"test@H", R"(<"nobody@X"@L>)"}},
      {15, {"test@H", "<nobody@X@L>"}},
      {16, {"<test@L>", "<@H:nobody@X>"}},
      {17, {"test@H", "<@L:nobody@X>"}},
      {18, {"<test@L>", "<X!nobody>"}},
      {19, {"test@H", "<X!nobody@L>"}},
      {20, {"postmaster@H", bare}},
      {20, {"postmaster@H", bare, HeloForm::localhost}},
      {20, {"user", bare}},
      {20, {"user", bare, HeloForm::localhost}},
  };
  for (const auto& [number, wanted] : types) {
    EXPECT_TRUE(has(wanted, "twenty types #" + std::to_string(number)))
        << number << ": " << wanted.mail_from << " to " << wanted.rcpt_to;
  }
}

TEST(Catalogue, HasTheSixteenOfNmap) {
  const std::vector<Printed> tests{
      {"<>", "<nobody@X>"},           {"<test@X>", "<nobody@X>"},
      {"<test@H>", "<nobody@X>"},     {"<test@L>", "<nobody@X>"},
      {"<test@L>", "<nobody%X@L>"},   {"<test@L>", "<nobody%X@H>"},
      {"<test@L>", "<\"nobody@X\">"}, {"<test@L>", "<\"nobody%X\">"},
      {"<test@L>", "<nobody@X@L>"},   {"<test@L>", "<\"nobody@X\"@L>"},
      {"<test@L>", "<nobody@X@H>"},   {"<test@L>", "<@L:nobody@X>"},
      {"<test@L>", "<@H:nobody@X>"},  {"<test@L>", "<X!nobody>"},
      {"<test@L>", "<X!nobody@L>"},   {"<test@L>", "<X!nobody@H>"},
  };
  ASSERT_EQ(tests.size(), 16U);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    EXPECT_TRUE(has(tests[i], "nmap #" + std::to_string(i + 1))) << i + 1;
  }
}

TEST(Catalogue, HasEveryHelo) {
  for (const auto helo :
       {HeloForm::localhost, HeloForm::server_name, HeloForm::server_literal, HeloForm::own_domain,
        HeloForm::localhost_localdomain, HeloForm::loopback_literal, HeloForm::ours}) {
    const auto all = catalogue();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Technique& row) {
      return row.helo == helo && row.rcpt_to == "<{nobody}@{X}>";
    })) << to_string(helo);
  }
}

TEST(Catalogue, EveryOddSpellingHasATwinAndNoPlainOneHas) {
  for (const Technique& row : catalogue()) {
    const bool plain = row.rcpt_to == "<{nobody}@{X}>" || row.rcpt_to == "{nobody}@{X}";
    EXPECT_EQ(row.twin.empty(), plain) << row.name;
  }
}

TEST(Catalogue, ATwinIsItsFormAtTheServersOwnDomain) {
  Fill inside = everything;
  inside.outside = inside.second_outside = inside.own_domain;
  for (const Technique& row : catalogue()) {
    // A sign that no RFC gives a meaning is left out instead; an address outside is written down.
    const bool address =
        row.name.starts_with("outside-literal") || row.name.starts_with("outside-address");
    if (row.twin.empty() || row.name == "equals-at-domain" || address) continue;
    EXPECT_EQ(fill(row.twin, everything), fill(row.rcpt_to, inside)) << row.name;
    EXPECT_NE(row.twin, row.rcpt_to) << row.name;
  }
}

TEST(Catalogue, FormsWithoutBracketsAreMalformed) {
  const auto in_brackets = [](std::string_view form) {
    return form.empty() || (form.front() == '<' && form.back() == '>');
  };
  for (const Technique& row : catalogue()) {
    if (!in_brackets(row.mail_from) || !in_brackets(row.rcpt_to)) {
      EXPECT_TRUE(row.malformed) << row.name;
    }
  }
  // RFC 5321 4.1.2 allows these.
  for (const auto* name : {"percent-hack", "quoted-at-literal", "source-route", "bang-path-host"}) {
    EXPECT_FALSE(find(name)->malformed) << name;
  }
  // It has no mailbox with two @, none without a domain, and no literal in a source route.
  for (const auto* name : {"two-ats", "quoted", "bang-path", "source-route-literal"}) {
    EXPECT_TRUE(find(name)->malformed) << name;
  }
}

TEST(Forms, AreFilled) {
  const std::vector<std::pair<std::string_view, std::string_view>> examples{
      {"<{nobody}@{X}>", "<relayproof-k3v@example.net>"},
      {"<{nobody}%{X}@{H}>", "<relayproof-k3v%example.net@mx.example.com>"},
      {"\"{nobody}@{X}\"{L}", "\"relayproof-k3v@example.net\"[192.0.2.25]"},
      {"<{test}@{X2}@{X}>", "<relayproof-k3v@example.org@example.net>"},
      {"<postmaster@{D}>", "<postmaster@example.com>"},
      {"<{user}>", "<ann@example.com>"},
      {"<{from}>", "<op@example.edu>"},
      {"<>", "<>"},
      {"", ""},
      {"{unknown}@{X}", "{unknown}@example.net"},
      {"{X", "{X"},
      {"X}", "X}"},
      {"<{nobody}@{XU}>", "<relayproof-k3v@EXAMPLE.NET>"},
      {"{}{X}", "{}example.net"},
  };
  for (const auto& [form, filled] : examples) EXPECT_EQ(fill(form, everything), filled);
}

TEST(Forms, FillsAreNotReadAgain) {
  Fill tricky = everything;
  tricky.token = "{X}";
  EXPECT_EQ(fill("{nobody}@{X}", tricky), "{X}@example.net");
}

TEST(Forms, ArePrintedAsPeopleWriteThem) {
  EXPECT_EQ(printed("<\"{nobody}%{X}\"@{L}>"), "<\"nobody%X\"@L>");
  EXPECT_EQ(printed("<{test}@{X2}@{X}>"), "<test@X2@X>");
  EXPECT_EQ(printed("<{from}>"), "<from>");
  EXPECT_EQ(printed("{unknown}"), "{unknown}");
  EXPECT_EQ(printed(""), "");
}

TEST(Forms, LackWhatIsEmptyOrUnknown) {
  Fill poor = everything;
  poor.user.clear();
  EXPECT_TRUE(lacks("<{user}>", poor));
  EXPECT_FALSE(lacks("<{user}>", everything));
  EXPECT_FALSE(lacks("<>", Fill{}));
  EXPECT_TRUE(lacks("{unknown}", everything));
}

TEST(Forms, WordsOfTheEnums) {
  EXPECT_EQ(to_string(Set::standard), "standard");
  EXPECT_EQ(to_string(Set::historic), "historic");
  EXPECT_EQ(to_string(Set::invasive), "invasive");
  EXPECT_EQ(to_string(HeloForm::ours), "ours");
  EXPECT_EQ(to_string(HeloForm::localhost), "localhost");
  EXPECT_EQ(to_string(HeloForm::server_name), "server-name");
  EXPECT_EQ(to_string(HeloForm::server_literal), "server-literal");
}

TEST(Catalogue, EveryRowStandsInTheTableOfWhatIsKnown) {
  const std::string page =
      testing_support::read_file(std::string(RELAYPROOF_SOURCE_DIR) + "/docs/techniques.md");
  const std::string table = page.substr(0, page.find("## What is not asked"));
  for (const Technique& row : catalogue()) {
    const std::string name = "`" + std::string(row.name) + "`";
    EXPECT_NE(table.find(name), std::string::npos) << row.name;
  }
}

TEST(Catalogue, IsListed) {
  std::string listing = "catalogue " + std::string(catalogue_version()) + "\n";
  for (const Technique& row : catalogue()) {
    listing += "\n" + std::string(row.name) + (row.malformed ? "  (malformed)" : "") + "\n";
    if (row.helo != HeloForm::ours)
      listing += "  helo      " + std::string(to_string(row.helo)) + "\n";
    listing += "  from      " + (row.mail_from.empty() ? "(each)" : printed(row.mail_from)) + "\n";
    listing += "  to        " + printed(row.rcpt_to) + "\n";
    if (!row.twin.empty()) listing += "  twin      " + printed(row.twin) + "\n";
    listing += "  exploits  " + std::string(row.exploits) + "\n";
    listing += "  see       " + std::string(row.reference) + "\n";
    if (!row.also_in.empty()) listing += "  also in   " + std::string(row.also_in) + "\n";
  }
  EXPECT_TRUE(testing_support::matches_golden(
      listing, std::string(RELAYPROOF_SOURCE_DIR) + "/src/techniques/testdata/catalogue.txt"));
}

}  // namespace
}  // namespace relayproof::techniques
