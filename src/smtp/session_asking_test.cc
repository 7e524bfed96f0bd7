// What goes with a batch, behind it and instead of it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "smtp/session.h"

namespace relayproof::smtp {
namespace {

const mail::Attempt outside{"", "<>", "<a@outside.example>"};

// Greeted and idle; the server's answer to EHLO is `ehlo`.
Session idle_session(SessionOptions options = {.helo = "probe.example"},
                     std::string_view ehlo = "250 mx.example\r\n") {
  Session session(std::move(options));
  session.receive("220 mx.example ESMTP\r\n");
  EXPECT_EQ(session.take_output(), "EHLO probe.example\r\n");
  session.receive(ehlo);
  EXPECT_TRUE(session.idle());
  return session;
}

constexpr const char* pipelining = "250-mx.example\r\n250 PIPELINING\r\n";

TEST(SessionAsking, SaysTheNextNameBehindABatch) {
  Session session = idle_session({.helo = "probe.example"}, pipelining);
  session.ask({outside}, {.hello = "localhost"});
  EXPECT_EQ(session.take_output(),
            "MAIL FROM:<>\r\nRCPT TO:<a@outside.example>\r\nEHLO localhost\r\n");
  session.receive("250 2.1.0 Ok\r\n554 5.7.1 No\r\n");
  EXPECT_FALSE(session.idle());
  session.receive(pipelining);
  ASSERT_TRUE(session.idle());
  EXPECT_FALSE(session.in_transaction());
  session.ask({outside});
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\nRCPT TO:<a@outside.example>\r\n");
}

TEST(SessionAsking, DoubtsAYesWhoseEhloGetsTheAnswerOfARecipient) {
  Session session = idle_session({.helo = "probe.example"}, pipelining);
  session.ask({outside}, {.hello = "localhost"});
  session.take_output();
  session.receive("250 2.1.0 Ok\r\n250 2.1.0 Ok, said twice\r\n554 5.7.1 No\r\n");
  EXPECT_EQ(session.record().ending, Ending::out_of_step);
  EXPECT_FALSE(session.record().answers[0].complete);
}

TEST(SessionAsking, ResetsBehindABatchWithoutAnotherWait) {
  Session session = idle_session({.helo = "probe.example"}, pipelining);
  session.ask({outside}, {.reset = true});
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\nRCPT TO:<a@outside.example>\r\nRSET\r\n");
  session.receive("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.0.0 Ok\r\n");
  EXPECT_TRUE(session.idle());
  EXPECT_TRUE(session.record().answers[0].complete);
}

TEST(SessionAsking, MayWaitWithItsNameUntilItIsGreeted) {
  Session session({.helo = "", .prelude = {.says_hello = false}});
  session.receive("220 mx.example ESMTP\r\n");
  ASSERT_TRUE(session.idle());
  session.go_on("localhost", {.commands = {"AUTH EXTERNAL ="}}, true);
  EXPECT_EQ(session.take_output(), "EHLO localhost\r\n");
  session.receive(pipelining);
  EXPECT_EQ(session.take_output(), "AUTH EXTERNAL =\r\n");
}

TEST(SessionAsking, ResetsBeforeALogin) {
  Session session = idle_session({.helo = "probe.example"}, pipelining);
  session.ask({outside});
  session.take_output();
  session.receive("250 2.1.0 Ok\r\n554 5.7.1 No\r\n");
  ASSERT_TRUE(session.in_transaction());
  session.go_on("probe.example", {.commands = {"AUTH EXTERNAL ="}}, true);
  EXPECT_EQ(session.take_output(), "RSET\r\nAUTH EXTERNAL =\r\n");
  session.receive("250 2.0.0 Ok\r\n503 5.5.1 No\r\n");
  EXPECT_TRUE(session.idle());
  EXPECT_TRUE(session.prelude_refused());
}

TEST(SessionAsking, KeepsATransactionThatHoldsNoRecipient) {
  Session session = idle_session({.helo = "probe.example", .keeps_transaction = true});
  const mail::Attempt home{"", "<>", "<postmaster@home.example>"};
  const mail::Attempt other{"", "<b@outside.example>", "<a@outside.example>"};
  session.ask({outside, home, outside, other});
  const std::vector<std::pair<std::string, std::string>> steps = {
      {"MAIL FROM:<>", "250 2.0.0 Ok"},
      {"RCPT TO:<a@outside.example>", "550 No"},
      {"RCPT TO:<postmaster@home.example>", "250 2.1.5 Ok"},
      {"RSET", "250 2.0.0 Ok"},
      {"MAIL FROM:<>", "250 2.0.0 Ok"},
      {"RCPT TO:<a@outside.example>", "550 No"},
      {"RSET", "250 2.0.0 Ok"},
      {"MAIL FROM:<b@outside.example>", "250 2.0.0 Ok"},
      {"RCPT TO:<a@outside.example>", "550 No"}};
  for (const auto& [said, answered] : steps) {
    EXPECT_EQ(session.take_output(), said + "\r\n");
    session.receive(answered + "\r\n");
  }
  ASSERT_TRUE(session.idle());
  for (const auto& answers : session.record().answers) {
    EXPECT_TRUE(answers.complete && answers.mail && answers.rcpt);
  }
  EXPECT_EQ(session.record().answers[1].rcpt->code, 250);
}

}  // namespace
}  // namespace relayproof::smtp
