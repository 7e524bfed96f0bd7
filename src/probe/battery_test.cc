#include "probe/battery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

using mail::Reply;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const Reply ok = {250, {"2.0.0 Ok"}};
const Reply no_relay = {554, {"5.7.1 Relay access denied"}};
const Reply no_user = {550, {"5.1.1 User unknown"}};
const Reply no_sender = {553, {"5.1.8 Sender address rejected"}};

// Answers as a server would: what it says to a sender, then to a recipient. nullopt: hangs up.
struct Server {
  std::function<Reply(const std::string&)> to_sender = [](const std::string&) { return ok; };
  std::function<std::optional<Reply>(const mail::Attempt&)> to_recipient =
      [](const mail::Attempt& attempt) -> std::optional<Reply> {
    if (attempt.rcpt_to == "<postmaster@example.com>") return ok;
    return attempt.rcpt_to.ends_with("@example.com>") ? no_user : no_relay;
  };
};

class BatteryAgainst : public testing::Test {
 protected:
  BatteryAgainst() {
    options.our_helo = "probe.example";
    options.operator_address = "me@club.example";
    options.literal = "[192.0.2.25]";
    options.token = [this] { return "k" + std::to_string(++tokens); };
    names.given = "mail.example.com";
    names.mail_domain = "example.com";
    server.to_recipient = Server().to_recipient;
  }

  void techniques(const std::vector<std::string>& named) {
    for (const auto& name : named) options.techniques.push_back(techniques::find(name));
  }

  // Sessions until nothing is left, or as many as given; returns what was asked, in order.
  std::vector<mail::Attempt> ask(Battery& battery, std::size_t dose = 100, int sessions = 100) {
    std::vector<mail::Attempt> asked;
    while (sessions-- > 0) {
      const auto kind = battery.next_session();
      if (!kind) return asked;
      session(battery, *kind, dose, asked);
    }
    return asked;
  }

  void session(Battery& battery, const SessionKind& kind, std::size_t dose,
               std::vector<mail::Attempt>& asked) {
    kinds.push_back(kind);
    Conversation with;
    while (true) {
      const auto attempts = battery.next(with, kind, {dose, dose});
      if (attempts.empty()) return;
      std::vector<smtp::Answers> answers;
      answers.reserve(attempts.size());
      bool up = true;
      for (const auto& attempt : attempts) {
        asked.push_back(attempt);
        answers.push_back(up ? answer(attempt, kind) : smtp::Answers{});
        up = up && answers.back().complete;
      }
      battery.take(with, answers);
      if (!up) return battery.take(with, {});
    }
  }

  smtp::Answers answer(const mail::Attempt& attempt, const SessionKind& kind) const {
    smtp::Answers answers;
    answers.attempt = attempt;
    answers.mail = server.to_sender(attempt.mail_from);
    answers.complete = !answers.mail->is_positive();
    if (answers.complete) return answers;
    answers.rcpt = server.to_recipient(attempt);
    answers.complete = answers.rcpt.has_value();
    if (answers.complete && answers.rcpt->is_positive() && kind.phase == smtp::Phase::data) {
      answers.data = Reply{354, {"go ahead"}};
    }
    return answers;
  }

  static DoorResult report(Battery& battery) {
    DoorResult door;
    std::move(battery).report(door);
    return door;
  }

  BatteryOptions options;
  ServerNames names;
  Server server;
  std::vector<SessionKind> kinds;
  int tokens = 0;
};

std::size_t count_senders(const std::vector<mail::Attempt>& attempts, std::string_view sender) {
  return static_cast<std::size_t>(
      std::count_if(attempts.begin(), attempts.end(),
                    [&](const mail::Attempt& attempt) { return attempt.mail_from == sender; }));
}

std::vector<std::string> recipients(const std::vector<mail::Attempt>& attempts) {
  std::vector<std::string> list;
  for (const auto& attempt : attempts) list.push_back(attempt.rcpt_to);
  return list;
}

const Outcome& find(const DoorResult& door, const std::string& technique) {
  return *std::find_if(door.outcomes.rbegin(), door.outcomes.rend(),
                       [&](const Outcome& outcome) { return outcome.technique == technique; });
}

TEST_F(BatteryAgainst, AsksTheLikeliestFormFirstThenTheControlsThatGiveItItsMeaning) {
  techniques({"null-sender", "own-postmaster-sender"});
  Battery battery(options, names);
  const auto asked = recipients(ask(battery));
  ASSERT_GE(asked.size(), 5U);
  EXPECT_THAT(asked[0], HasSubstr("@example.net"));
  EXPECT_EQ(asked[1], "<postmaster@example.com>");
  EXPECT_THAT(asked[2], HasSubstr("@example.com"));
  EXPECT_THAT(asked[3], HasSubstr(".invalid"));
  const DoorResult door = report(battery);
  EXPECT_EQ(door.own_domain, "example.com");
  EXPECT_TRUE(door.postmaster_taken && door.unknown_refused);
}

TEST_F(BatteryAgainst, LooksForThePostmasterElsewhereOnlyIfTheFirstDomainDoesNotTell) {
  techniques({"null-sender"});
  server.to_recipient = [](const mail::Attempt& attempt) -> std::optional<Reply> {
    return attempt.rcpt_to == "<postmaster@mail.example.com>" ? ok : no_relay;
  };
  Battery battery(options, names);
  EXPECT_THAT(recipients(ask(battery)), Contains("<postmaster@mail.example.com>"));
  EXPECT_EQ(report(battery).own_domain, "mail.example.com");
}

TEST_F(BatteryAgainst, AsksARecipientAgainWithTheNextSenderIfOneIsRefusedAtMail) {
  techniques({"null-sender", "percent-at-domain"});
  server.to_sender = [](const std::string& sender) { return sender == "<>" ? no_sender : ok; };
  Battery battery(options, names);
  const auto asked = ask(battery);
  std::size_t null_senders = 0;
  for (const auto& attempt : asked) null_senders += attempt.mail_from == "<>" ? 1 : 0;
  EXPECT_EQ(null_senders, 3U);  // the first batch, then it is known
  const DoorResult door = report(battery);
  EXPECT_EQ(door.outcomes.front().kind, OutcomeKind::not_run);
  EXPECT_EQ(find(door, "null-sender").attempt.mail_from, "<me@club.example>");
  EXPECT_EQ(find(door, "percent-at-domain").kind, OutcomeKind::refused);
  EXPECT_TRUE(door.postmaster_taken && door.unknown_refused);
}

// The server takes <> in general, but not for strangers outside.
TEST_F(BatteryAgainst, TriesASenderAgainElsewhereIfItWasRefusedAtRcpt) {
  techniques({"null-sender", "percent-at-domain"});
  server.to_recipient =
      [plain = Server().to_recipient](const mail::Attempt& attempt) -> std::optional<Reply> {
    const bool outside = attempt.rcpt_to.ends_with("@example.net>");
    return attempt.mail_from == "<>" && outside ? no_sender : plain(attempt);
  };
  Battery battery(options, names);
  ask(battery);
  const DoorResult door = report(battery);
  EXPECT_EQ(find(door, "null-sender").attempt.mail_from, "<me@club.example>");
  EXPECT_EQ(find(door, "percent-at-domain").attempt.mail_from, "<>");
}

// Whoever answers first: the same recipient is on its way with a sender of another technique.
TEST_F(BatteryAgainst, AsksNoRecipientAgainThatIsUnderWayInAnotherQuestion) {
  techniques({"null-sender", "bare-localhost-sender", "bare-long-sender"});
  server.to_recipient =
      [plain = Server().to_recipient](const mail::Attempt& attempt) -> std::optional<Reply> {
    return attempt.mail_from == "<test@localhost>" ? no_sender : plain(attempt);
  };
  for (const std::size_t dose : {1U, 2U, 100U}) {
    Battery battery(options, names);
    const auto asked = ask(battery, dose);
    EXPECT_EQ(count_senders(asked, "<test@localhost>"), 1U) << dose;
    const auto bare = [](const mail::Attempt& one) { return one.rcpt_to.front() != '<'; };
    EXPECT_EQ(std::count_if(asked.begin(), asked.end(), bare), 2) << dose;
    EXPECT_EQ(find(report(battery), "bare-localhost-sender").kind, OutcomeKind::not_run) << dose;
  }
}

TEST_F(BatteryAgainst, AnswersForARecipientThatEveryOtherSenderLostOnTheWay) {
  techniques({"null-sender", "bare-localhost-sender", "bare-long-sender"});
  server.to_recipient =
      [plain = Server().to_recipient](const mail::Attempt& attempt) -> std::optional<Reply> {
    const bool bare = attempt.rcpt_to.front() != '<';
    return bare && attempt.mail_from != "<>" ? no_sender : plain(attempt);
  };
  Battery battery(options, names);
  const auto asked = ask(battery);
  const auto stands_in = [](const mail::Attempt& one) {
    return one.rcpt_to.front() != '<' && one.mail_from == "<>";
  };
  EXPECT_EQ(std::count_if(asked.begin(), asked.end(), stands_in), 1);
}

TEST_F(BatteryAgainst, LeavesItNotRunIfEverySenderIsRefused) {
  techniques({"null-sender"});
  server.to_sender = [](const std::string&) { return no_sender; };
  Battery battery(options, names);
  ask(battery);
  const DoorResult door = report(battery);
  for (const auto& outcome : door.outcomes) {
    EXPECT_EQ(outcome.kind, OutcomeKind::not_run);
    EXPECT_EQ(outcome.refused_as, RefusedAs::sender);
  }
}

TEST_F(BatteryAgainst, AsksTheTwinOfAnAcceptedSpellingOnce) {
  techniques({"percent-literal", "percent-literal-from-host", "null-sender"});
  server.to_recipient =
      [plain = Server().to_recipient](const mail::Attempt& attempt) -> std::optional<Reply> {
    return attempt.rcpt_to.find("%example.net") != std::string::npos ? ok : plain(attempt);
  };
  Battery battery(options, names);
  const auto asked = recipients(ask(battery));
  EXPECT_THAT(std::count_if(asked.begin(), asked.end(),
                            [](const std::string& rcpt) {
                              return rcpt.find("%example.com@") != std::string::npos;
                            }),
              1);
  const DoorResult door = report(battery);
  EXPECT_EQ(find(door, "percent-literal").twin, "twin:percent-literal");
  EXPECT_EQ(find(door, "percent-literal-from-host").twin, "twin:percent-literal");
}

TEST_F(BatteryAgainst, AsksAgainWhatWasUnderWayWhenTheServerHungUpButOnlyTwice) {
  techniques({"null-sender", "own-postmaster-sender"});
  server.to_recipient =
      [plain = Server().to_recipient](const mail::Attempt& attempt) -> std::optional<Reply> {
    if (attempt.mail_from.find("postmaster@") != std::string::npos) return std::nullopt;
    return plain(attempt);
  };
  Battery battery(options, names);
  const auto asked = ask(battery);
  EXPECT_THAT(
      asked,
      Contains(testing::Field(&mail::Attempt::mail_from, HasSubstr("postmaster@"))).Times(2));
  const DoorResult door = report(battery);
  EXPECT_EQ(find(door, "null-sender").kind, OutcomeKind::refused);
  EXPECT_EQ(find(door, "own-postmaster-sender").kind, OutcomeKind::not_run);
  EXPECT_THAT(find(door, "own-postmaster-sender").not_run_because, HasSubstr("twice"));
}

TEST_F(BatteryAgainst, EndsTheSessionAtTooMuchAndAsksOnceMoreInAnother) {
  techniques({"null-sender"});
  int refusals = 0;
  server.to_recipient = [&refusals, plain = Server().to_recipient](
                            const mail::Attempt& attempt) -> std::optional<Reply> {
    if (attempt.rcpt_to.ends_with("@example.net>") && ++refusals == 1) {
      return Reply{452, {"4.5.3 too many recipients"}};
    }
    return plain(attempt);
  };
  Battery battery(options, names);
  ask(battery, 1);
  EXPECT_EQ(find(report(battery), "null-sender").refused_as, RefusedAs::relay);
  EXPECT_EQ(refusals, 2);
  EXPECT_GE(kinds.size(), 2U);
}

TEST_F(BatteryAgainst, SaysOfEverythingThatWasLeftThatItWasNotRun) {
  techniques({"null-sender", "helo-localhost", "percent-at-domain", "bare-null-sender"});
  Battery battery(options, names);
  ask(battery, 1, 1);
  battery.give_up("blocked after 3 attempts");
  EXPECT_FALSE(battery.next_session());
  const DoorResult door = report(battery);
  for (const char* technique : {"helo-localhost", "bare-null-sender"}) {
    EXPECT_EQ(find(door, technique).kind, OutcomeKind::not_run) << technique;
    EXPECT_EQ(find(door, technique).not_run_because, "blocked after 3 attempts");
  }
}

TEST_F(BatteryAgainst, SaysSoOfEveryTechniqueEvenIfNothingCouldBeAsked) {
  techniques({"null-sender", "percent-at-domain"});
  Battery battery(options, names);
  battery.next_session();
  battery.give_up("TLS failed");
  const DoorResult door = report(battery);
  EXPECT_THAT(door.outcomes, SizeIs(2));
  EXPECT_THAT(door.outcomes, Each(testing::Field(&Outcome::kind, OutcomeKind::not_run)));
  EXPECT_THAT(door.controls, Each(testing::Field(&Control::kind, OutcomeKind::not_run)));
}

TEST_F(BatteryAgainst, TakesARefusedHeloForTheAnswerToAllThatNeedIt) {
  techniques({"null-sender", "helo-localhost"});
  Battery battery(options, names);
  while (auto kind = battery.next_session()) {
    std::vector<mail::Attempt> asked;
    if (kind->helo_form == techniques::HeloForm::localhost) {
      battery.helo_refused(*kind, {550, {"bad HELO"}});
    } else {
      session(battery, *kind, 100, asked);
    }
  }
  const Outcome outcome = find(report(battery), "helo-localhost");
  EXPECT_TRUE(outcome.helo_refused);
  EXPECT_EQ(outcome.kind, OutcomeKind::refused);
  EXPECT_EQ(outcome.refused_as, RefusedAs::client);
}

TEST_F(BatteryAgainst, KeepsMalformedSpellingsAndOtherHelosInSessionsOfTheirOwn) {
  techniques({"null-sender", "bare-null-sender", "helo-localhost"});
  Battery battery(options, names);
  ask(battery);
  EXPECT_THAT(kinds, Contains(testing::Field(&SessionKind::lock_step, true)));
  EXPECT_THAT(kinds, Contains(testing::Field(&SessionKind::helo, "localhost")));
}

TEST_F(BatteryAgainst, LeavesOutWhatItLacksTheValuesFor) {
  techniques({"user-sender", "operator-sender", "null-sender"});
  options.operator_address.clear();
  Battery battery(options, names);
  ask(battery);
  EXPECT_THAT(report(battery).outcomes,
              ElementsAre(testing::Field(&Outcome::technique, "null-sender")));
}

TEST_F(BatteryAgainst, GoesToDataWithThreeOfWhatWasAcceptedAndKeepsTheRest) {
  techniques({"null-sender", "own-postmaster-sender", "operator-sender", "host-sender"});
  options.data_phase = true;
  server.to_recipient =
      [plain = Server().to_recipient](const mail::Attempt& attempt) -> std::optional<Reply> {
    return attempt.rcpt_to.ends_with("@example.net>") ? ok : plain(attempt);
  };
  Battery battery(options, names);
  ask(battery, 1);
  std::size_t at_data = 0;
  for (const auto& outcome : report(battery).outcomes) {
    EXPECT_EQ(outcome.kind, OutcomeKind::accepted);
    at_data += outcome.phase == "data" ? 1 : 0;
  }
  EXPECT_EQ(at_data, 3U);
}

TEST_F(BatteryAgainst, AServerThatRefusesAnOddSenderHearsItOnce) {
  techniques({"null-sender", "literal-sender", "percent-hack", "percent-literal", "two-ats"});
  for (const bool takes : {false, true}) {
    server.to_sender = [takes](const std::string& sender) {
      return takes || sender != "<test@[192.0.2.25]>"
                 ? ok
                 : Reply{501, {"<test@[192.0.2.25]>: domain literals not allowed"}};
    };
    Battery battery(options, names);
    const auto asked = ask(battery);
    EXPECT_EQ(count_senders(asked, "<test@[192.0.2.25]>"), takes ? 4U : 1U);
    const auto twice = recipients(asked);
    for (const char* end : {"%example.net@mail.example.com>", "%example.net@[192.0.2.25]>"}) {
      EXPECT_EQ(std::count_if(twice.begin(), twice.end(),
                              [&](const std::string& one) { return one.ends_with(end); }),
                1)
          << end;
    }
  }
}

TEST_F(BatteryAgainst, AnOddSenderOnTrialIsNotAskedWithInOtherSessions) {
  techniques({"null-sender", "literal-sender", "percent-hack"});
  Battery battery(options, names);
  std::vector<mail::Attempt> opening;
  while (true) {
    const auto kind = battery.next_session();
    ASSERT_TRUE(kind);
    if (kind->lock_step) break;
    session(battery, *kind, 100, opening);
  }
  const auto kind = *battery.next_session();
  Conversation first;
  Conversation second;
  EXPECT_THAT(battery.next(first, kind, {100, 100}), SizeIs(1));
  EXPECT_FALSE(battery.next_session());
  EXPECT_THAT(battery.next(second, kind, {100, 100}), SizeIs(0));
  battery.take(first, {});  // it hung up: somebody else may try
  EXPECT_TRUE(battery.next_session());
}

}  // namespace
}  // namespace relayproof::probe
