#include "report/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/check.h"
#include "report/foreign.h"
#include "report/layout.h"
#include "report/next_steps.h"
#include "report/samples.h"
#include "report/techniques_table.h"
#include "support/golden.h"

namespace relayproof::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::matches_golden;

const Meta meta{"0.1.0", "2026.11"};

std::string testdata(const std::string& name) {
  return std::string(RELAYPROOF_SOURCE_DIR) + "/src/report/testdata/" + name;
}

std::string check_text(const probe::Run& run) {
  TextOptions options;
  options.check = true;
  return text(run, options);
}

TEST(Text, LooksLikeTheGoldenFileOfEverySample) {
  for (const auto& sample : samples::all()) {
    EXPECT_TRUE(matches_golden(check_text(sample.run), testdata(sample.name + ".txt")));
  }
}

TEST(Text, ShowsEverythingWhenItIsVerbose) {
  TextOptions options;
  options.verbose = options.transcript = true;
  for (const auto& [name, run] :
       {samples::Sample{"closed", samples::closed()},
        samples::Sample{"open_in_every_way", samples::open_in_every_way()},
        samples::Sample{"hostile", samples::hostile()}}) {
    EXPECT_TRUE(matches_golden(text(run, options), testdata(name + "_verbose.txt")));
  }
}

TEST(Text, HasTheVerdictInItsFirstLineAndLinesOfAtMostOneHundredColumns) {
  for (const auto& [name, run] : samples::all()) {
    const std::string report = check_text(run);
    for (std::size_t at = 0; at < report.size();) {
      const std::size_t end = report.find('\n', at);
      EXPECT_LE(columns(report.substr(at, end - at)), 100u) << name << ": " << report.substr(at);
      at = end + 1;
    }
  }
}

TEST(Text, LetsNothingOfTheServerReachTheTerminal) {
  TextOptions options;
  options.verbose = options.transcript = options.check = options.utf8 = true;
  for (const std::string& shown :
       {text(samples::hostile(), options), check_text(samples::hostile()),
        json(std::vector{samples::hostile()}, meta)}) {
    EXPECT_TRUE(std::all_of(shown.begin(), shown.end(), [](char c) {
      return c == '\n' || (c >= 0x20 && c < 0x7F);
    })) << shown;
  }
}

TEST(Text, ColoursTheVerdictAndNothingElse) {
  TextOptions options;
  options.colour = true;
  const std::string report = text(samples::open_over_ipv6(), options);
  EXPECT_TRUE(report.starts_with("  \033[1;31mOPEN RELAY\033[0m over IPv6")) << report;
  EXPECT_EQ(std::count(report.begin(), report.end(), '\033'), 2);
}

TEST(Text, DoesNotCallAnythingClosedThatWasNotAsked) {
  const std::string report = check_text(samples::no_ipv6_route());
  EXPECT_THAT(report.substr(0, report.find("\n\n")), HasSubstr("IPv6 not asked"));
  EXPECT_THAT(report, HasSubstr("1 address, port 25"));
}

TEST(Text, SaysNextOnlyToWhomChecks) {
  EXPECT_THAT(text(samples::blocked(), {}), Not(HasSubstr("Next")));
  EXPECT_THAT(check_text(samples::blocked()), HasSubstr("Next"));
}

TEST(Text, CallsANatOfThisSideByItsName) {
  probe::Run run = samples::closed();
  run.doors.front().source = *mail::IpAddress::parse("10.0.0.5");
  run.doors.front().seen_as = "203.0.113.9";
  EXPECT_THAT(check_text(run), HasSubstr("this machine (10.0.0.5) is behind a NAT"));
}

TEST(Sentence, IsNotEscapedTwice) {
  EXPECT_EQ(sentence("it says \\x1b[2J", 100), "it says \\x1b[2J");
  EXPECT_EQ(sentence("it says \x1b[2J", 100), "it says \\x1b[2J");
}

TEST(CommandLines, BreakOnlyOutsideQuotes) {
  const std::string word = "'" + std::string(60, 'a') + " " + std::string(60, 'b') + "'";
  EXPECT_EQ(command_lines("  ", "nc --to " + word + " -q", 4),
            "  nc --to \\\n    " + word + " \\\n    -q\n");
  EXPECT_EQ(command_lines("", "nc 'it'\\''s  here' " + word, 2),
            "nc 'it'\\''s  here' \\\n  " + word + "\n");
}

TEST(Announcement, SaysWhomItAsksAndWhatTheLogWillShow) {
  Announcement announcement;
  announcement.host = "mail.firma.example";
  announcement.mail_domain = "firma.example";
  announcement.our_name = "probe.club.example";
  announcement.sources = samples::closed().sources;
  announcement.refusals = 94;
  EXPECT_EQ(announce(announcement),
            "Asking mail.firma.example, MX of firma.example, as probe.club.example (203.0.113.9, "
            "2001:db8:1::9).\nNothing goes beyond RCPT TO. Its log will show up to 94 refused "
            "recipients named relayproof-*, more\nif its doors answer differently; fail2ban may "
            "block this machine for a while.\n");
  announcement.data_phase = true;
  EXPECT_THAT(announce(announcement), HasSubstr("as far as DATA and hangs up before any content."));
}

TEST(Json, LooksLikeTheGoldenFileOfEverySample) {
  for (auto& [name, run] : samples::all()) {
    // A golden file is for reading: three ways of asking say as much as forty-one.
    for (auto& door : run.doors) {
      if (door.outcomes.size() > 5) door.outcomes.resize(3);
    }
    Checked checked;
    checked.run = &run;
    crosscheck::Evidence evidence;
    evidence.run = &run;
    checked.cross = crosscheck::crosscheck(evidence);
    for (const auto& step : next_steps(run)) checked.next.push_back(to_string(step));
    EXPECT_TRUE(matches_golden(checked_json(checked, {}, meta), testdata(name + ".check.json")));
  }
  const std::vector two = {samples::accepts_everything(), samples::undecided()};
  EXPECT_TRUE(matches_golden(json(two, meta), testdata("two_targets.probe-run.json")));
  EXPECT_TRUE(
      matches_golden(json(std::vector<probe::Run>{}, meta), testdata("no_target.probe-run.json")));
  const probe::Run run = samples::open_in_every_way();
  EXPECT_TRUE(matches_golden(json_line(run, run.doors.front(), meta), testdata("open.probe.json")));
}

TEST(Json, IsOneLineForADoor) {
  const probe::Run run = samples::hostile();
  const std::string line = json_line(run, run.doors.front(), meta);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_LT(line.size(), 8000u);
  EXPECT_EQ(nlohmann::json::parse(line)["schema"], "relayproof/probe/1");
}

TEST(Json, HasTheVerdictOfTheWorstTarget) {
  const auto document = nlohmann::json::parse(
      json(std::vector{samples::closed(), samples::open_over_ipv6(), samples::undecided()}, meta));
  EXPECT_EQ(document["verdict"], "open");
  EXPECT_EQ(document["runs"].size(), 3u);
  EXPECT_EQ(document["results"].size(), 11u);
}

TEST(Json, KeepsAddressesByteForByteWhereTheyArePrintable) {
  EXPECT_EQ(json_text("<\"r\\@x\"@h>"), "<\"r\\@x\"@h>");
  EXPECT_EQ(json_text("<r\t@h>"), "<r\\x09@h>");
}

const std::vector<techniques::Technique> two_rows = {
    {.name = "plain",
     .mail_from = "",
     .rcpt_to = "<{nobody}@{X}>",
     .exploits = "a server that relays for everybody",
     .reference = "RFC 5321 3.6.2"},
    {.name = "percent-hack",
     .helo = techniques::HeloForm::localhost,
     .mail_from = "<test@{H}>",
     .rcpt_to = "<{nobody}%{X}@{H}>",
     .twin = "<{nobody}%{H}@{H}>",
     .exploits = "a server that reads % as @",
     .reference = "RFC 1123 5.2.16",
     .also_in = "nmap"}};

TEST(Techniques, AreATableAndADocument) {
  EXPECT_TRUE(matches_golden(techniques_text(two_rows), testdata("techniques.txt")));
  EXPECT_TRUE(matches_golden(techniques_json(two_rows, meta), testdata("techniques.json")));
}

TEST(Techniques, OfTheCatalogueAreAllThere) {
  const std::string table = techniques_text();
  const auto document = nlohmann::json::parse(techniques_json(meta));
  EXPECT_EQ(document["techniques"].size(), techniques::catalogue().size());
  for (const auto& row : techniques::catalogue()) {
    EXPECT_THAT(table, HasSubstr("\n  " + std::string(row.name) + " "));
  }
}

}  // namespace
}  // namespace relayproof::report
