#include "canary/arrivals.h"

#include <gtest/gtest.h>

#include "canary/answer.h"

namespace relayproof::canary {
namespace {

const Key key = parse_key(std::string(64, 'a')).value();
const Time now = Time(std::chrono::hours(500000));
const Errand errand{"192.0.2.25:25", "percent-hack"};

std::string message(const std::string& token) {
  return "Received: from a by b\r\n" + write_letter({.errand = errand,
                                                     .token = token,
                                                     .from = "me@club.example",
                                                     .to = "x@canary.example",
                                                     .our_name = "probe.club.example",
                                                     .when = now});
}

std::string bounce(const std::string& token) { return "Subject: no\r\n\r\n" + message(token); }

Arrival at(Time when) {
  Arrival arrival;
  arrival.when = when;
  arrival.from = mail::IpAddress::v4({192, 0, 2, 25});
  arrival.helo = "mail.example.com";
  arrival.tls = true;
  arrival.mail_from = "<>";
  arrival.rcpt_to = "<x@canary.example>";
  return arrival;
}

TEST(Arrivals, CountATokenOnce) {
  Arrivals arrivals(key);
  const std::string token = make_token(key, errand, now);
  EXPECT_EQ(arrivals.find(token), nullptr);
  EXPECT_EQ(arrivals.take(at(now), message(token)).kind, Kind::proof);
  EXPECT_EQ(arrivals.take(at(now), message(token)).kind, Kind::again);
  ASSERT_NE(arrivals.find(token), nullptr);
  EXPECT_EQ(arrivals.find(token)->errand, errand);
  EXPECT_EQ(arrivals.find(token)->received, std::vector<std::string>{"from a by b"});
}

TEST(Arrivals, TellWhatProvesNothing) {
  Arrivals arrivals(key);
  const Key other = parse_key(std::string(64, 'b')).value();
  const std::string old = make_token(key, errand, now - token_life - std::chrono::hours(1));
  const std::string forged = make_token(other, errand, now);
  const std::string elsewhere = make_token(key, {"192.0.2.99:25", "percent-hack"}, now);
  EXPECT_EQ(arrivals.take(at(now), message(old)).kind, Kind::expired);
  EXPECT_EQ(arrivals.take(at(now), message(forged)).kind, Kind::forged);
  EXPECT_EQ(arrivals.take(at(now), message(elsewhere)).kind, Kind::forged);
  EXPECT_EQ(arrivals.take(at(now), "Subject: hello\r\n\r\n").kind, Kind::stranger);
  for (const auto& token : {old, forged, elsewhere}) EXPECT_EQ(arrivals.find(token), nullptr);
}

TEST(Arrivals, TakeABounceForNoProofInAnyOrder) {
  Arrivals arrivals(key);
  const std::string token = make_token(key, errand, now);
  EXPECT_EQ(arrivals.take(at(now), bounce(token)).kind, Kind::bounce);
  EXPECT_EQ(arrivals.find(token)->kind, Kind::bounce);
  EXPECT_EQ(arrivals.take(at(now), message(token)).kind, Kind::proof);
  EXPECT_EQ(arrivals.take(at(now), bounce(token)).kind, Kind::bounce);
  EXPECT_EQ(arrivals.find(token)->kind, Kind::proof);
}

TEST(Arrivals, AreBoundedAndForgetTheOldestFirst) {
  Arrivals arrivals(key, 2);
  std::vector<std::string> tokens;
  for (int i = 0; i < 3; ++i) {
    tokens.push_back(make_token(key, errand, now));
    arrivals.take(at(now), message(tokens.back()));
  }
  EXPECT_EQ(arrivals.find(tokens[0]), nullptr);
  EXPECT_NE(arrivals.find(tokens[1]), nullptr);
  EXPECT_NE(arrivals.find(tokens[2]), nullptr);
}

TEST(Arrivals, AreNoNewsAfterARestart) {
  Arrivals before(key);
  const std::string token = make_token(key, errand, now);
  const Arrival first = before.take(at(now), message(token));
  Arrivals after(key);
  after.restore(first);
  EXPECT_EQ(after.take(at(now), message(token)).kind, Kind::again);
}

TEST(Answer, TellsAllThatIsKnown) {
  Arrivals arrivals(key);
  const std::string token = make_token(key, errand, now);
  const Arrival taken = arrivals.take(at(now), message(token));
  const auto told = read_answer(answer_about(&taken));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, Kind::proof);
  EXPECT_EQ(told->when, now);
  EXPECT_EQ(told->from, taken.from);
  EXPECT_EQ(told->helo, taken.helo);
  EXPECT_TRUE(told->tls);
  EXPECT_EQ(told->mail_from, taken.mail_from);
  EXPECT_EQ(told->rcpt_to, taken.rcpt_to);
  EXPECT_EQ(told->received, taken.received);
}

TEST(Answer, OfAnythingElseIsNone) {
  EXPECT_FALSE(read_answer(answer_about(nullptr)));
  for (const mail::Reply& reply :
       std::vector<mail::Reply>{{250, {}},
                                {250, {"2.1.5 somebody@example.com"}},
                                {250, {"2.1.5 relayproof canary: maybe"}},
                                {550, {"2.1.5 relayproof canary: proof"}}}) {
    EXPECT_FALSE(read_answer(reply)) << reply.code;
  }
  const auto odd = read_answer(
      {250, {"2.1.5 relayproof canary: proof", "", "when", "when x", "from y", "from", "hop"}});
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->received, std::vector<std::string>{""});
}

}  // namespace
}  // namespace relayproof::canary
