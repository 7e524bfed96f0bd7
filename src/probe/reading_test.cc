#include "probe/reading.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

using Maybe = std::optional<mail::Reply>;

smtp::Answers answers(Maybe mail, Maybe rcpt, Maybe data = {}) {
  smtp::Answers answers;
  answers.mail = std::move(mail);
  answers.rcpt = std::move(rcpt);
  answers.data = std::move(data);
  answers.complete = true;
  return answers;
}

const mail::Reply ok = {250, {"2.0.0 Ok"}};
const mail::Reply no_relay = {554, {"5.7.1 Relay access denied"}};

TEST(Reading, IsWhatWasSaidToTheRecipient) {
  EXPECT_EQ(read(answers(ok, ok)).kind, OutcomeKind::accepted);
  EXPECT_EQ(read(answers(ok, no_relay)).kind, OutcomeKind::refused);
  EXPECT_EQ(read(answers(ok, no_relay)).refused_as, RefusedAs::relay);
  EXPECT_EQ(read(answers(ok, mail::Reply{451, {"later"}})).kind, OutcomeKind::deferred);
}

TEST(Reading, OfWhatIsNotCompleteIsThatItWasNotRun) {
  smtp::Answers cut = answers(ok, no_relay);
  cut.complete = false;
  EXPECT_EQ(read(cut).kind, OutcomeKind::not_run);
  EXPECT_EQ(read(answers({}, {})).kind, OutcomeKind::not_run);
  EXPECT_EQ(read(answers(ok, {})).kind, OutcomeKind::not_run);
}

TEST(Reading, OfA3xxWhereNoneIsDueIsThatItWasNotRun) {
  const mail::Reply intermediate = {354, {"go ahead"}};
  EXPECT_EQ(read(answers(intermediate, {})).kind, OutcomeKind::not_run);
  EXPECT_EQ(read(answers(ok, intermediate)).kind, OutcomeKind::not_run);
}

TEST(Reading, TakesARefusalOfMailForOneOfTheSenderUnlessItSaysOtherwise) {
  for (const char* about_sender : {"5.1.8 Domain not found", "Go away", "5.1.7 bad address"}) {
    const Reading reading = read(answers(mail::Reply{553, {about_sender}}, {}));
    EXPECT_TRUE(reading.sender_refused && reading.mail_refused) << about_sender;
    EXPECT_EQ(reading.refused_as, RefusedAs::sender) << about_sender;
  }
  for (const mail::Reply& reply :
       std::vector<mail::Reply>{{530, {"5.7.0 Authentication required"}},
                                {530, {"5.7.0 Must issue a STARTTLS command first"}},
                                {554, {"blocked using bl.example"}},
                                {452, {"too many messages"}},
                                {503, {"5.5.1 Sender already given"}}}) {
    const Reading reading = read(answers(reply, {}));
    EXPECT_FALSE(reading.sender_refused) << reply.lines.front();
    EXPECT_EQ(reading.kind, reply.is_transient() ? OutcomeKind::deferred : OutcomeKind::refused);
  }
}

TEST(Reading, KnowsARefusalOfTheSenderThatCameAtRcpt) {
  const Reading reading =
      read(answers(ok, mail::Reply{450, {"4.1.8 <x>: Sender address rejected: Domain not found"}}));
  EXPECT_TRUE(reading.sender_refused);
  EXPECT_FALSE(reading.mail_refused);
}

TEST(Reading, OfDataIsARefusalOnlyIfDataWasRefused) {
  const Reading refused = read(answers(ok, ok, mail::Reply{554, {"no valid recipients"}}));
  EXPECT_EQ(refused.kind, OutcomeKind::refused);
  EXPECT_EQ(refused.phase, "data");
  for (const int code : {354, 250}) {
    const Reading taken = read(answers(ok, ok, mail::Reply{code, {"go"}}));
    EXPECT_EQ(taken.kind, OutcomeKind::accepted) << code;
    EXPECT_EQ(taken.phase, "data") << code;
  }
}

}  // namespace
}  // namespace relayproof::probe
