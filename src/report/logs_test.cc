#include "report/logs.h"

#include <gtest/gtest.h>

#include "support/golden.h"

namespace relayproof::report {
namespace {

using logs::Oddity;
using logs::Source;
using logs::Standing;
using testing_support::matches_golden;

constexpr logs::Time noon = 1795348800;  // 2026-11-22T12:00:00Z

Source source(Standing standing, const std::string& name, std::uint64_t messages) {
  Source out;
  out.standing = standing;
  out.name = name;
  out.client = mail::IpAddress::parse(name);
  out.messages = messages;
  out.sent = messages;
  out.domains = messages / 5 + 1;
  out.first = noon - 86400;
  out.last = noon;
  out.examples = {{noon, "4F1E2D3C4B", name, "a@b.example", "\"\x1b[1m\"@outside.example", "sent"}};
  return out;
}

logs::Summary abused() {
  logs::Summary summary;
  summary.sources = {source(Standing::stranger, "203.0.113.9", 48112),
                     source(Standing::stranger, "2001:db8:1:2:3:4:5:6", 3),
                     source(Standing::account, "alice@example.com", 700),
                     source(Standing::near, "192.168.1.40", 212),
                     source(Standing::machine, "33", 5),
                     source(Standing::unknown, "unknown", 1)};
  summary.sources[0].client_name = "dsl.provider.example";
  summary.sources[0].counts_are_exact = false;
  summary.sources[0].queued = 1930;
  summary.sources[2].oddities = {{Oddity::Kind::many_networks, 12, 0, noon},
                                 {Oddity::Kind::sudden_volume, 600, 4, noon},
                                 {Oddity::Kind::many_failures, 300, 700, logs::no_time}};
  summary.sources[3].oddities = {{Oddity::Kind::many_senders, 25, 0, logs::no_time}};
  summary.lines = 1204551;
  summary.messages = 131002;
  summary.forwarded = 7;
  summary.doubtful = 1;
  summary.first = noon - 604800;
  summary.last = noon;
  return summary;
}

ReadLogs read(const logs::Summary& summary) {
  return {summary, {"/var/log/mail.log.1", "/var/log/mail.log"}, false, 0.31, [](logs::Time time) {
            return time + 3600;
          }};
}

std::string testdata(const std::string& name) {
  return std::string(RELAYPROOF_SOURCE_DIR) + "/src/report/testdata/" + name;
}

TEST(LogsReport, PutsStrangersFirst) {
  const auto summary = abused();
  EXPECT_TRUE(matches_golden(logs_text(read(summary), {}), testdata("logs_abused.txt")));
  EXPECT_TRUE(matches_golden(logs_json(read(summary)), testdata("logs_abused.logs.json")));
}

TEST(LogsReport, SaysThatThereWasNothing) {
  logs::Summary summary;
  summary.own_domains_known = true;
  EXPECT_TRUE(matches_golden(logs_text(read(summary), {}), testdata("logs_quiet.txt")));
  EXPECT_TRUE(matches_golden(logs_json_line(read(summary)), testdata("logs_quiet.logs.json")));
}

TEST(LogsReport, TheVerdictIsThatOfTheWorstSource) {
  logs::Summary summary;
  const auto verdict = [&](Source one) {
    summary.sources = {std::move(one)};
    return verdict_of(summary);
  };
  EXPECT_EQ(verdict(source(Standing::account, "a", 1)), LogsVerdict::quiet);
  EXPECT_EQ(verdict(source(Standing::near, "10.0.0.1", 1)), LogsVerdict::quiet);
  EXPECT_EQ(verdict(source(Standing::unclear, "192.0.2.1", 1)), LogsVerdict::odd);
  EXPECT_EQ(verdict(source(Standing::stranger, "192.0.2.1", 1)), LogsVerdict::abused);
  auto odd = source(Standing::account, "a", 1);
  odd.oddities = {{Oddity::Kind::many_networks, 9, 0, noon}};
  EXPECT_EQ(verdict(odd), LogsVerdict::odd);
}

TEST(LogsReport, ALineOfFewWordsTellsOfEachMessage) {
  const auto summary = abused();
  const RelayAlert alert{
      Standing::stranger, "203.0.113.9", "unknown", noon, "4F1E2D3C4B", "", "b\n@out.example", 1};
  EXPECT_EQ(alert_text(alert, read(summary), {}),
            "2026-11-22 13:00  stranger 203.0.113.9: <> to <b\\x0a@out.example>, 1 so far  "
            "(4F1E2D3C4B)\n");
  EXPECT_TRUE(matches_golden(alert_json_line(alert), testdata("one.logs-alert.json")));
}

}  // namespace
}  // namespace relayproof::report
