// What belongs to the session in which it came up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "probe/battery.h"

namespace relayproof::probe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const mail::Reply ok{250, {"2.1.5 Ok"}};
const mail::Reply no_user{550, {"5.1.1 User unknown"}};

BatteryOptions options_with(const std::vector<const char*>& techniques) {
  BatteryOptions options;
  for (const char* name : techniques) options.techniques.push_back(techniques::find(name));
  options.our_helo = "probe.example";
  options.token = [] { return std::string("k3v"); };
  return options;
}

ServerNames at_home() {
  ServerNames names;
  names.mail_domain = "example.com";
  return names;
}

std::vector<std::string> recipients(const std::vector<mail::Attempt>& attempts) {
  std::vector<std::string> list;
  for (const auto& attempt : attempts) list.push_back(attempt.rcpt_to);
  return list;
}

// Everything that is asked: unknown mailboxes at home are refused, or taken; the rest is taken.
void answer(Battery& battery, Conversation& with, const std::vector<mail::Attempt>& attempts,
            bool takes_unknown) {
  std::vector<smtp::Answers> answers;
  for (const auto& attempt : attempts) {
    const bool refused = attempt.rcpt_to == "<k3v@example.com>" && !takes_unknown;
    answers.push_back(
        {.attempt = attempt, .mail = ok, .rcpt = refused ? no_user : ok, .complete = true});
  }
  battery.take(with, answers);
}

constexpr Room much{100, 100, false};
const std::string outside = "<k3v@example.net>";

TEST(BatterySessions, TheSameQuestionOnceMoreIsForTheSessionOfTheYes) {
  Battery battery(options_with({"null-sender"}), at_home());
  const SessionKind kind = battery.next_session().value();
  Conversation first;
  Conversation other;
  const auto opening = battery.next(first, kind, {1, 1, false});
  EXPECT_THAT(recipients(opening), ElementsAre(outside));
  answer(battery, first, opening, false);
  const auto controls = battery.next(other, kind, much);
  EXPECT_THAT(recipients(controls), ElementsAre("<postmaster@example.com>", "<k3v@example.com>"));
  answer(battery, other, controls, false);
  EXPECT_THAT(recipients(battery.next(other, kind, much)), IsEmpty());
  EXPECT_THAT(recipients(battery.next(first, kind, much)), ElementsAre(outside));
}

TEST(BatterySessions, WhatWasForASessionThatEndedIsAskedInAnother) {
  Battery battery(options_with({"null-sender"}), at_home());
  const SessionKind kind = battery.next_session().value();
  Conversation first;
  Conversation other;
  answer(battery, first, battery.next(first, kind, {1, 1, false}), false);
  battery.take(first, {});
  EXPECT_EQ(recipients(battery.next(other, kind, much)).front(), outside);
}

TEST(BatterySessions, AMailboxThatWasTakenAtFirstIsAskedOnceMoreAtTheEnd) {
  Battery battery(options_with({"null-sender"}), at_home());
  const SessionKind kind = battery.next_session().value();
  Conversation with;
  bool takes_unknown = true;
  while (true) {
    const auto attempts = battery.next(with, kind, much);
    if (attempts.empty()) break;
    answer(battery, with, attempts, takes_unknown);
    takes_unknown = false;
  }
  DoorResult door;
  std::move(battery).report(door);
  EXPECT_TRUE(door.changes_its_mind);
}

}  // namespace
}  // namespace relayproof::probe
