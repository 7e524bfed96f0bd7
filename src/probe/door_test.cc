#include "probe/door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "net/loop.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing::HasSubstr;
using testing_support::FakeNetwork;
using testing_support::policy_of;

class AskingADoor : public testing::Test {
 protected:
  AskingADoor() {
    options.target.address = mail::IpAddress::parse("192.0.2.25").value();
    options.battery.our_helo = "probe.example";
    options.battery.literal = "[192.0.2.25]";
    options.battery.token = [] { return std::string("k3v"); };
    for (const char* name : {"null-sender", "helo-localhost", "percent-at-domain"}) {
      options.battery.techniques.push_back(techniques::find(name));
    }
    options.names.mail_domain = "example.com";
  }

  void serve(testing_support::FakeServer server) {
    network.servers[{"192.0.2.25", 25}] = std::move(server);
  }
  void serve(const smtp::Policy& policy) {
    serve([policy](std::size_t) { return policy; });
  }
  DoorResult ask() {
    net::Loop loop;
    return loop.run(ask_door(network, options));
  }

  FakeNetwork network;
  DoorOptions options;
};

bool everything_was_run(const DoorResult& door) {
  return std::none_of(door.outcomes.begin(), door.outcomes.end(),
                      [](const Outcome& outcome) { return outcome.kind == OutcomeKind::not_run; });
}

TEST_F(AskingADoor, ThatIsClosedAsksEverything) {
  serve(policy_of({}));
  const DoorResult door = ask();
  EXPECT_EQ(door.verdict, Verdict::closed) << door.reason;
  EXPECT_EQ(door.outcomes.size(), 3U);
  EXPECT_TRUE(everything_was_run(door));
  EXPECT_EQ(door.blocked_after, 0U);
}

TEST_F(AskingADoor, ThatGreetsWith554SaysThatItIsNotForUs) {
  smtp::Policy policy = policy_of({});
  policy.greeting = mail::Reply{554, {"no service here"}};
  serve(policy);
  const DoorResult door = ask();
  EXPECT_EQ(door.reached, Reached::not_smtp);
  EXPECT_THAT(door.reason, HasSubstr("554"));
}

TEST_F(AskingADoor, ThatLimitsConnectionsIsWaitedFor) {
  serve([](std::size_t connection) {
    smtp::Policy policy = policy_of({});
    if (connection <= 2) policy.greeting = mail::Reply{421, {"4.3.2 Connection rate limit"}};
    return policy;
  });
  const net::TimePoint start = network.clock().now();
  const DoorResult door = ask();
  EXPECT_EQ(door.verdict, Verdict::closed) << door.reason;
  EXPECT_GE(network.clock().now() - start, std::chrono::seconds(30));
}

TEST_F(AskingADoor, ThatRefusesOurHeloSaysSo) {
  smtp::Policy policy = policy_of({});
  policy.on_helo = [](const smtp::Transaction&) { return mail::Reply{550, {"go away"}}; };
  serve(policy);
  const DoorResult door = ask();
  EXPECT_EQ(door.verdict, Verdict::undecided);
  EXPECT_THAT(door.reason, HasSubstr("HELO"));
}

TEST_F(AskingADoor, ThatRefusesAnotherHeloIsClosedToIt) {
  smtp::Policy policy = policy_of({});
  policy.on_helo = [](const smtp::Transaction& said) {
    return said.helo == "localhost" ? mail::Reply{550, {"bad name"}} : mail::Reply{250, {"ok"}};
  };
  serve(policy);
  const DoorResult door = ask();
  EXPECT_EQ(door.verdict, Verdict::closed) << door.reason;
}

TEST_F(AskingADoor, ThatDoesNotOfferStarttlsIsNotReached) {
  options.target.tls = mail::TlsMode::starttls;
  serve(policy_of({}));
  EXPECT_EQ(ask().reached, Reached::no_tls);
}

TEST_F(AskingADoor, ThatNoLongerConnectsIsBlockedAfterWhatItAnswered) {
  serve([](std::size_t connection) -> net::IoResult<smtp::Policy> {
    if (connection > 1) return tl::unexpected(net::IoFailure{net::Failure::refused, "no"});
    return policy_of({});
  });
  const DoorResult door = ask();
  EXPECT_EQ(door.verdict, Verdict::undecided);
  EXPECT_GT(door.blocked_after, 0U);
  EXPECT_FALSE(everything_was_run(door));
}

TEST_F(AskingADoor, IsNotBlockedIfItIsWeWhoCannotConnect) {
  serve([](std::size_t connection) -> net::IoResult<smtp::Policy> {
    if (connection > 1) return tl::unexpected(net::IoFailure{net::Failure::local, "no files"});
    return policy_of({});
  });
  const DoorResult door = ask();
  EXPECT_EQ(door.verdict, Verdict::undecided);
  EXPECT_EQ(door.blocked_after, 0U);
  EXPECT_THAT(door.reason, HasSubstr("no files"));
}

TEST_F(AskingADoor, EndsWhenItsTimeIsOver) {
  options.waits.until = network.clock().now() + std::chrono::seconds(20);
  smtp::Policy policy = policy_of({});
  policy.greeting = mail::Reply{421, {"4.3.2 Connection rate limit"}};
  serve(policy);
  const DoorResult door = ask();
  EXPECT_LE(network.clock().now(), options.waits.until);
  EXPECT_NE(door.verdict, Verdict::closed);
}

TEST_F(AskingADoor, ThatDoesNotConnectSaysHow) {
  for (const auto& [failure, reached] :
       {std::pair{net::Failure::refused, Reached::refused},
        std::pair{net::Failure::timed_out, Reached::timed_out},
        std::pair{net::Failure::unreachable, Reached::unreachable}}) {
    network.without_server = failure;
    const DoorResult door = ask();
    EXPECT_EQ(door.reached, reached);
    EXPECT_FALSE(door.reason.empty());
  }
}

TEST_F(AskingADoor, KeepsTheDialoguesIfSomebodyWantsThem) {
  serve(policy_of({}));
  for (const bool wanted : {true, false}) {
    options.transcripts = wanted;
    EXPECT_EQ(!ask().transcripts.empty(), wanted);
  }
}

TEST_F(AskingADoor, OfEximIsAskedFurtherAfterMalformedOnesThatItCountsAsNone) {
  options.battery.techniques.clear();
  for (const char* name : {"null-sender", "two-ats-domain", "trailing-dot", "trailing-dot-hop",
                           "null-last-domain", "percent-alone", "source-route-literal-from-host"}) {
    options.battery.techniques.push_back(techniques::find(name));
  }
  std::map<int, std::size_t> connections;
  for (const int code : {550, 501}) {
    smtp::Policy policy = policy_of({});
    policy.greeting = mail::Reply{220, {"mail.example.com ESMTP Exim 4.96"}};
    const auto closed = policy.on_rcpt;
    policy.on_rcpt = [closed, code](const smtp::Transaction& said, const smtp::Path& recipient) {
      const auto reply = closed(said, recipient);
      return reply.is_positive() ? reply : mail::Reply{code, {"no"}};
    };
    network.connections.clear();
    serve(policy);
    const DoorResult door = ask();
    EXPECT_EQ(door.software, Software::exim);
    EXPECT_TRUE(everything_was_run(door));
    connections[code] = door.connections;
  }
  EXPECT_LT(connections[550], connections[501]);
}

}  // namespace
}  // namespace relayproof::probe
