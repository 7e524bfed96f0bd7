#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/judge.h"

namespace relayproof::probe {
namespace {

using testing::HasSubstr;

DoorResult door(std::uint16_t port, Reached reached, Verdict verdict = Verdict::undecided) {
  DoorResult door;
  door.target.address = mail::IpAddress::parse("192.0.2.25").value();
  door.target.port = port;
  door.target.tls = mail::mode_of_port(port);
  door.reached = reached;
  door.verdict = verdict;
  door.reason = "its reason";
  return door;
}

DoorResult closed(std::uint16_t port) { return door(port, Reached::yes, Verdict::closed); }

DoorResult starttls(DoorResult door) {
  door.target.tls = mail::TlsMode::starttls;
  return door;
}

DoorResult wants_tls(DoorResult door) {
  door.outcomes.emplace_back();
  door.outcomes.back().kind = OutcomeKind::refused;
  door.outcomes.back().refused_as = RefusedAs::tls;
  return door;
}

struct Row {
  const char* what;
  std::vector<DoorResult> doors;
  Verdict verdict;
  bool weak;
};

TEST(JudgeOfARun, TakesTheWorstDoorAndWhatWasNotAsked) {
  const DoorResult open = door(587, Reached::yes, Verdict::open);
  const DoorResult undecided = door(465, Reached::yes);
  const std::vector<Row> rows = {
      {"all closed", {closed(25), closed(587)}, Verdict::closed, false},
      {"one open", {closed(25), undecided, open}, Verdict::open, false},
      {"one undecided", {closed(25), undecided}, Verdict::undecided, false},
      {"no server on 465", {closed(25), door(465, Reached::refused)}, Verdict::closed, false},
      {"465 filtered", {closed(25), door(465, Reached::timed_out)}, Verdict::closed, false},
      {"465 unreachable", {closed(25), door(465, Reached::unreachable)}, Verdict::closed, true},
      {"TLS failed on 465", {closed(25), door(465, Reached::no_tls)}, Verdict::closed, true},
      {"no SMTP on 587", {closed(25), door(587, Reached::not_smtp)}, Verdict::closed, true},
      {"STARTTLS refused later",
       {closed(25), starttls(door(25, Reached::refused))},
       Verdict::closed,
       true},
      {"STARTTLS silent later",
       {closed(587), starttls(door(587, Reached::timed_out))},
       Verdict::closed,
       true},
      {"25 silent", {door(25, Reached::timed_out), closed(587)}, Verdict::undecided, false},
      {"25 unreachable", {door(25, Reached::unreachable), closed(587)}, Verdict::undecided, false},
      {"25 greets with 554", {door(25, Reached::not_smtp), closed(587)}, Verdict::undecided, false},
      {"25 refused", {door(25, Reached::refused), closed(587)}, Verdict::closed, true},
      {"nobody there", {door(25, Reached::refused)}, Verdict::undecided, false},
      {"no route", {}, Verdict::undecided, false},
      {"TLS first, and asked there",
       {wants_tls(closed(25)), starttls(closed(25))},
       Verdict::closed,
       false},
      {"TLS first, and TLS failed",
       {wants_tls(closed(25)), starttls(door(25, Reached::no_tls))},
       Verdict::undecided,
       false},
      {"TLS first, not offered", {wants_tls(closed(25))}, Verdict::undecided, false},
  };
  for (const auto& row : rows) {
    probe::Run run;
    run.doors = row.doors;
    judge(run);
    EXPECT_EQ(run.verdict, row.verdict) << row.what << ": " << run.reason;
    EXPECT_EQ(run.weak, row.weak) << row.what;
    EXPECT_FALSE(run.reason.empty()) << row.what;
  }
}

TEST(JudgeOfARun, IsWeakIfItWasSaidBeforeThatSomethingWasNotAsked) {
  probe::Run run;
  run.doors = {closed(25)};
  run.not_asked = {"IPv6 not asked: no IPv6 route from here"};
  judge(run);
  EXPECT_TRUE(run.weak);
}

TEST(JudgeOfARun, SaysThatThereIsNoRouteIfNoAddressCouldBeAsked) {
  probe::Run run;
  judge(run);
  EXPECT_THAT(run.reason, HasSubstr("no route"));
}

TEST(JudgeOfARun, CountsTheWaysOfAskingThatWereAnsweredSomewhere) {
  probe::Run run;
  run.doors = {closed(25), closed(587)};
  for (auto& one : run.doors) {
    for (const char* technique : {"null-sender", "host-sender"}) {
      one.outcomes.emplace_back();
      one.outcomes.back().technique = technique;
    }
    one.outcomes.front().kind = OutcomeKind::refused;
  }
  judge(run);
  EXPECT_EQ(run.techniques, 1U);
}

}  // namespace
}  // namespace relayproof::probe
