// What the dialogues of testdata/ cannot say: the calls, and their order.
#include "smtp/session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "smtp/receiver.h"

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

TEST(Session, SaysNothingBeforeTheGreeting) {
  Session session({.helo = "probe.example"});
  EXPECT_EQ(session.take_output(), "");
  EXPECT_FALSE(session.idle());
  EXPECT_FALSE(session.ended());
}

TEST(Session, HandsBytesOutOnce) {
  Session session({.helo = "probe.example"});
  session.receive("220 mx.example\r\n");
  EXPECT_EQ(session.take_output(), "EHLO probe.example\r\n");
  EXPECT_EQ(session.take_output(), "");
  EXPECT_FALSE(session.idle());
}

TEST(Session, NeverSendsAnArgumentThatHoldsALineEnd) {
  const std::string bad[] = {"<a@b>\r\nDATA", "<a@b>\nDATA", "<a@b>\rDATA"};
  for (const char* offered : {"250 mx.example\r\n", "250-mx.example\r\n250 PIPELINING\r\n"}) {
    for (const std::string& argument : bad) {
      Session session = idle_session({.helo = "probe.example"}, offered);
      session.ask({{"", argument, "<a@b>"}, {"", "<>", argument}});
      EXPECT_EQ(session.take_output(), "");
      ASSERT_TRUE(session.idle());
      session.ask({outside});
      EXPECT_TRUE(session.take_output().starts_with("MAIL FROM:<>\r\n"));
      ASSERT_EQ(session.record().answers.size(), 3u);
      EXPECT_FALSE(session.record().answers[0].complete);
      EXPECT_FALSE(session.record().answers[0].mail);
      EXPECT_EQ(session.record().oddities.size(), 1u);
    }
  }
}

TEST(Session, NeverSendsANameThatHoldsALineEnd) {
  Session session({.helo = "probe.example\r\nMAIL FROM:<>"});
  session.receive("220 mx.example\r\n");
  EXPECT_EQ(session.take_output(), "");
  EXPECT_EQ(session.record().ending, Ending::helo_refused);
}

TEST(Session, SendsAMessageWholeAndGoesOn) {
  SessionOptions options{.helo = "probe.example"};
  options.phase = Phase::deliver;
  options.content = [](const mail::Attempt& attempt) {
    return "To: " + attempt.rcpt_to + "\r\n\r\n.a\nb\r..\r\n.\r\nlast";
  };
  Session session = idle_session(options, "250-mx.example\r\n250 PIPELINING\r\n");
  session.ask({outside, outside});
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\n");
  session.receive("250 ok\r\n");
  EXPECT_EQ(session.take_output(), "RCPT TO:<a@outside.example>\r\n");
  session.receive("250 ok\r\n");
  EXPECT_EQ(session.take_output(), "DATA\r\n");
  session.receive("354 go\r\n");
  EXPECT_EQ(session.take_output(),
            "To: <a@outside.example>\r\n\r\n..a\r\nb\r\n...\r\n..\r\nlast\r\n.\r\n");
  session.receive("250 queued\r\n");
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\n");
  session.receive("250 ok\r\n");
  EXPECT_EQ(session.take_output(), "RCPT TO:<a@outside.example>\r\n");
  session.receive("550 no\r\n");
  ASSERT_TRUE(session.idle());
  ASSERT_EQ(session.record().answers.size(), 2u);
  EXPECT_EQ(session.record().answers[0].message->code, 250);
  EXPECT_TRUE(session.record().answers[0].complete);
  EXPECT_FALSE(session.record().answers[1].message);
}

TEST(Session, SendsNoMessageWhereNoneIsWanted) {
  SessionOptions options{.helo = "probe.example"};
  options.phase = Phase::deliver;
  options.content = [](const mail::Attempt&) { return "content"; };
  Session session = idle_session(options);
  session.ask({outside});
  for (const char* reply : {"250 ok\r\n", "250 ok\r\n"}) {
    session.take_output();
    session.receive(reply);
  }
  EXPECT_EQ(session.take_output(), "DATA\r\n");
  session.receive("451 later\r\n");
  EXPECT_EQ(session.take_output(), "RSET\r\n");
  EXPECT_EQ(session.record().answers[0].data->code, 451);
}

TEST(Session, NamesAnotherRecipientFirstWhereThatIsAsked) {
  const mail::Attempt second{"", "<>", "<a@outside.example>", "<postmaster@mx.example>"};
  Session session = idle_session();
  session.ask({second});
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\n");
  session.receive("250 ok\r\n");
  EXPECT_EQ(session.take_output(), "RCPT TO:<postmaster@mx.example>\r\n");
  session.receive("550 no\r\n");
  EXPECT_EQ(session.take_output(), "RCPT TO:<a@outside.example>\r\n");
  session.receive("250 ok\r\n");
  EXPECT_EQ(session.record().answers[0].rcpt->code, 250);

  Session batched = idle_session({.helo = "probe.example"}, "250-mx.example\r\n250 PIPELINING\r\n");
  batched.ask({second});
  EXPECT_EQ(batched.take_output(),
            "MAIL FROM:<>\r\nRCPT TO:<postmaster@mx.example>\r\nRCPT TO:<a@outside.example>\r\n");
  batched.receive("250 ok\r\n250 ok\r\n554 no\r\n");
  EXPECT_EQ(batched.record().answers[0].rcpt->code, 554);
  EXPECT_TRUE(batched.idle());
}

TEST(Session, GoesOnWithAnotherNameOrAnotherLogin) {
  SessionOptions options{.helo = "probe.example"};
  options.prelude.commands = {"AUTH PLAIN x"};
  Session session({options});
  session.receive("220 mx.example ESMTP\r\n");
  session.take_output();
  session.receive("250 mx.example\r\n");
  EXPECT_EQ(session.take_output(), "AUTH PLAIN x\r\n");
  session.receive("535 no\r\n");
  ASSERT_TRUE(session.idle());
  EXPECT_TRUE(session.prelude_refused());
  session.go_on("probe.example", {.commands = {"AUTH EXTERNAL ="}}, true);
  EXPECT_FALSE(session.prelude_refused());
  EXPECT_EQ(session.take_output(), "AUTH EXTERNAL =\r\n");
  session.receive("504 no\r\n");
  session.go_on("localhost", {}, true);
  EXPECT_EQ(session.take_output(), "EHLO localhost\r\n");
  session.receive("250 mx.example\r\n");
  ASSERT_TRUE(session.idle());
  session.ask({outside});
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\n");
}

TEST(Session, EndsWhenTheServerSpeaksUnaskedWhileIdle) {
  const std::pair<std::string_view, Ending> cases[] = {
      {"421 4.4.2 timeout\r\n", Ending::service_closing},
      {"250 ok\r\n", Ending::out_of_step},
      {"hello?\r\n", Ending::not_smtp},
  };
  for (const auto& [bytes, ending] : cases) {
    Session session = idle_session();
    session.receive(bytes);
    EXPECT_EQ(session.record().ending, ending) << bytes;
    EXPECT_FALSE(session.idle());
    EXPECT_TRUE(session.record().answers.empty());
  }
}

TEST(Session, DoesNotTakeTheBeginningOfAnUnaskedReplyForAnAnswer) {
  Session session = idle_session();
  session.receive("25");
  session.ask({outside});
  EXPECT_EQ(session.take_output(), "");
  EXPECT_EQ(session.record().ending, Ending::out_of_step);
  EXPECT_EQ(session.record().ending_detail, "25");
}

TEST(Session, StaysAsItEnded) {
  Session session = idle_session();
  session.closed_by_peer();
  const std::size_t lines = session.record().transcript.size();
  session.timed_out();
  session.receive("250 ok\r\n");
  session.closed_by_peer();
  session.tls_failed("late");
  EXPECT_EQ(session.take_output(), "");
  EXPECT_EQ(session.record().ending, Ending::closed_by_peer);
  EXPECT_EQ(session.record().transcript.size(), lines);
}

TEST(Session, ResetsOnlyBeforeAMailThatNeedsIt) {
  Session session = idle_session();
  session.ask({outside});
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\n");
  session.receive("250 ok\r\n");
  EXPECT_EQ(session.take_output(), "RCPT TO:<a@outside.example>\r\n");
  session.receive("550 no\r\n");
  ASSERT_TRUE(session.idle());
  session.ask({outside});
  EXPECT_EQ(session.take_output(), "RSET\r\n");
  session.receive("250 ok\r\n");
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\n");
  session.receive("550 no\r\n");
  ASSERT_TRUE(session.idle());
  session.quit();
  EXPECT_EQ(session.take_output(), "QUIT\r\n");
}

TEST(Session, KeepsTheTranscriptLineByLine) {
  Session session = idle_session({.helo = "probe.example"}, "250-mx.example\r\n250 PIPELINING\r\n");
  session.ask({outside});
  session.take_output();
  session.receive("250 ok\r\n55");
  session.closed_by_peer();
  const std::vector<Line> expected = {{true, "220 mx.example ESMTP"},
                                      {false, "EHLO probe.example"},
                                      {true, "250-mx.example"},
                                      {true, "250 PIPELINING"},
                                      {false, "MAIL FROM:<>"},
                                      {false, "RCPT TO:<a@outside.example>"},
                                      {true, "250 ok"},
                                      {true, "55"}};
  EXPECT_EQ(session.record().transcript, expected);
  EXPECT_EQ(session.record().ending, Ending::closed_by_peer);
  EXPECT_EQ(session.record().ending_detail, "55");
}

TEST(Session, IsBoundedWhateverTheServerSends) {
  for (const std::string_view flood : {"250-x\r\n", "250 x", "\n", "x"}) {
    Session session({.helo = "probe.example"});
    std::size_t sent = 0;
    for (; !session.ended() && sent < 2 * Limits{}.session_bytes; sent += flood.size()) {
      session.receive(flood);
    }
    EXPECT_TRUE(session.ended()) << flood;
    EXPECT_LE(session.record().transcript.size(), Limits{}.reply_lines + 1) << flood;
  }
}

TEST(Session, SpeaksWithAReceiver) {
  Policy policy{.hostname = "mx.example", .extensions = {"PIPELINING"}};
  policy.on_rcpt = [](const Transaction&, const Path& path) {
    return path.address == "postmaster" ? mail::Reply{250, {"2.1.5 Ok"}}
                                        : mail::Reply{554, {"5.7.1 Relay access denied"}};
  };
  Receiver receiver(policy);
  Session session({.helo = "probe.example"});
  bool asked = false;
  while (!session.ended()) {
    receiver.receive(session.take_output());
    session.receive(receiver.take_output());
    if (session.idle() && !std::exchange(asked, true)) {
      session.ask({outside, {"", "<>", "<postmaster>"}});
    } else if (session.idle()) {
      session.quit();
    }
  }
  EXPECT_TRUE(receiver.closing());
  EXPECT_EQ(session.record().ending, Ending::quit);
  EXPECT_EQ(session.record().round_trips, 5u);  // the yes to postmaster is confirmed
  ASSERT_EQ(session.record().answers.size(), 2u);
  EXPECT_EQ(session.record().answers[0].rcpt->code, 554);
  EXPECT_EQ(session.record().answers[1].rcpt->code, 250);
}

constexpr const char* pipelining = "250-mx.example\r\n250 PIPELINING\r\n";

TEST(Session, SaysQuitWithTheLastOfABatch) {
  Session session = idle_session({.helo = "probe.example"}, pipelining);
  session.ask({outside}, {.quit = true});
  EXPECT_TRUE(session.closing());
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\nRCPT TO:<a@outside.example>\r\nQUIT\r\n");
  session.receive("250 2.1.0 Ok\r\n554 5.7.1 No\r\n221 2.0.0 Bye\r\n");
  EXPECT_EQ(session.record().ending, Ending::quit);
  EXPECT_TRUE(session.record().answers[0].complete);
  EXPECT_EQ(session.record().round_trips, 3u);
}

TEST(Session, DoubtsABatchWhoseQuitGetsTheAnswerOfARecipient) {
  Session session = idle_session({.helo = "probe.example"}, pipelining);
  session.ask({outside}, {.quit = true});
  session.take_output();
  session.receive("250 2.1.0 Ok\r\n250 2.1.0 Ok, said twice\r\n554 5.7.1 No\r\n");
  EXPECT_EQ(session.record().ending, Ending::out_of_step);
  EXPECT_FALSE(session.record().answers[0].complete);
}

TEST(Session, EndsWithAQuitThatNobodyWaitsFor) {
  Session session = idle_session({.helo = "probe.example"}, pipelining);
  session.ask({outside});
  session.take_output();
  session.receive("250 2.1.0 Ok\r\n554 5.7.1 No\r\n");
  session.quit_unheard();
  EXPECT_FALSE(session.ended());
  EXPECT_EQ(session.take_output(), "QUIT\r\n");
  EXPECT_EQ(session.record().ending, Ending::quit);
  EXPECT_EQ(session.record().round_trips, 3u);
  EXPECT_EQ(session.record().transcript.back().bytes, "QUIT");
}

TEST(Session, WithoutPipeliningTheLastIsAskedAsAnyOther) {
  Session session = idle_session();
  session.ask({outside}, {.quit = true});
  EXPECT_FALSE(session.closing());
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\n");
}

TEST(Session, AsksAsFarAsDataInOneBatch) {
  const SessionOptions options{.helo = "probe.example", .phase = Phase::data};
  Session session = idle_session(options, pipelining);
  session.ask({outside});
  EXPECT_EQ(session.take_output(), "MAIL FROM:<>\r\nRCPT TO:<a@outside.example>\r\nDATA\r\n");
  session.receive("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n554 5.7.1 No\r\n");
  ASSERT_TRUE(session.idle());
  EXPECT_EQ(session.record().answers[0].data->code, 554);
  EXPECT_TRUE(session.record().answers[0].complete);
  session.ask({outside});
  EXPECT_TRUE(session.take_output().starts_with("RSET\r\nMAIL"));
  session.receive("250 Ok\r\n250 2.1.0 Ok\r\n554 5.7.1 No\r\n503 5.5.1 No recipient\r\n");
  ASSERT_TRUE(session.idle());
  EXPECT_FALSE(session.record().answers[1].data);
  session.ask({outside});
  session.take_output();
  session.receive("250 Ok\r\n250 2.1.0 Ok\r\n554 5.7.1 No\r\n354 Go ahead\r\n");
  EXPECT_EQ(session.record().ending, Ending::cut);
}

// Behind the 220 to STARTTLS, TLS up.
Session crossing(Crossing how, std::string_view clear) {
  SessionOptions options{.helo = "probe.example", .starttls = true};
  options.prelude = {.crossing = how, .crosses = outside};
  Session made(std::move(options));
  made.receive("220 mx.example\r\n");
  made.take_output();
  made.receive("250-mx.example\r\n250 STARTTLS\r\n");
  made.take_output();
  made.receive(clear);
  if (made.wants_tls()) made.tls_started();
  return made;
}

TEST(Session, HearsWhetherWhatCameInClearIsObeyedBehindTls) {
  struct Row {
    std::string_view said;
    Ending ending;
    bool complete;
    int rcpt;  // 0: none
  };
  for (const auto& [said, ending, complete, rcpt] : {
           Row{"250 mx.example\r\n221 Bye\r\n", Ending::prelude_refused, false, 0},
           Row{"250 Ok\r\n554 5.7.1 No\r\n250 mx.example\r\n221 Bye\r\n", Ending::quit, true, 554},
           Row{"250 Ok\r\n250 Ok\r\n250 mx.example\r\n221 Bye\r\n", Ending::quit, true, 250},
           Row{"503 HELO\r\n503 MAIL\r\n250 mx.example\r\n221 Bye\r\n", Ending::quit, true, 0},
           Row{"250 Ok\r\n250 mx.example\r\n221 Bye\r\n", Ending::out_of_step, false, 0},
           Row{"421 go away\r\n", Ending::service_closing, false, 0},
       }) {
    Session session = crossing(Crossing::injected, "220 go\r\n");
    EXPECT_EQ(session.take_output(), "EHLO probe.example\r\n");
    session.receive(said);
    EXPECT_EQ(session.record().ending, ending) << said;
    const auto& answers = session.record().answers.front();
    EXPECT_EQ(answers.complete, complete) << said;
    EXPECT_EQ(answers.rcpt ? answers.rcpt->code : 0, rcpt) << said;
  }
}

TEST(Session, ASilenceBehindTheInjectionIsNoAnswerToIt) {
  Session session = crossing(Crossing::injected, "220 go\r\n");
  session.take_output();
  session.receive("250 mx.example\r\n");
  EXPECT_EQ(session.take_output(), "QUIT\r\n");
  session.timed_out();
  EXPECT_EQ(session.record().ending, Ending::prelude_refused);
}

TEST(Session, CarriesASenderOverTls) {
  Session session = crossing(Crossing::carried, "250 2.1.0 Ok\r\n");
  EXPECT_EQ(session.take_output(), "STARTTLS\r\n");
  session.receive("220 go\r\n");
  ASSERT_TRUE(session.wants_tls());
  session.tls_started();
  EXPECT_EQ(session.take_output(), "RCPT TO:<a@outside.example>\r\n");
  session.receive("503 5.5.1 MAIL first\r\n");
  ASSERT_TRUE(session.idle());
  EXPECT_EQ(session.record().answers.front().rcpt->code, 503);
  const Session refused = [] {
    Session one = crossing(Crossing::carried, "250 2.1.0 Ok\r\n");
    one.take_output();
    one.receive("503 5.5.1 MAIL transaction in progress\r\n");
    return one;
  }();
  EXPECT_EQ(refused.record().ending, Ending::prelude_refused);
}

TEST(Ending, HasANameOfItsOwnForEachKind) {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Ending::too_much); ++i) {
    const std::string_view name = to_string(static_cast<Ending>(i));
    EXPECT_FALSE(name.empty()) << i;
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 0) << name;
    names.push_back(name);
  }
  EXPECT_EQ(to_string(Ending::too_much), "too-much");
  EXPECT_EQ(to_string(Ending::closed_by_peer), "closed-by-peer");
}

}  // namespace
}  // namespace relayproof::smtp
