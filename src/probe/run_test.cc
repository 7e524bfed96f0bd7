#include "probe/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/loop.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing_support::FakeNetwork;
using testing_support::MailServer;
using testing_support::policy_of;

constexpr const char* v4 = "192.0.2.25";
constexpr const char* v6 = "2001:db8::25";

class RunAgainst : public testing::Test {
 protected:
  RunAgainst() {
    network.hosts["mail.example.com"] = {v4};
    network.exchangers["example.com"] = {{10, "mail.example.com"}};
    network.pointers["203.0.113.9"] = {"probe.club.example"};
    network.hosts["probe.club.example"] = {"203.0.113.9"};
    options.target = {"mail.example.com", {}};
    options.follow_mx = true;
    options.techniques = standard_techniques();
    options.token = [this] { return "k" + std::to_string(++tokens); };
  }

  void put(const char* address, std::uint16_t port, const MailServer& server) {
    put(address, port, policy_of(server));
  }
  void put(const char* address, std::uint16_t port, const smtp::Policy& policy) {
    network.servers[{address, port}] = [policy](std::size_t) { return policy; };
  }

  probe::Run run() {
    net::Loop loop;
    auto plan = loop.run(prepare(network, options));
    EXPECT_TRUE(plan) << plan.error().message;
    return loop.run(execute(network, std::move(*plan)));
  }

  FakeNetwork network;
  RunOptions options;
  int tokens = 0;
};

std::size_t relays(const DoorResult& door) {
  return static_cast<std::size_t>(
      std::count_if(door.outcomes.begin(), door.outcomes.end(),
                    [](const Outcome& outcome) { return outcome.counts_as == CountsAs::relay; }));
}

TEST_F(RunAgainst, AClosedServerIsClosed) {
  put(v4, 25, MailServer{});
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::closed) << result.reason;
  EXPECT_FALSE(result.weak);
  EXPECT_EQ(result.mail_domain, "example.com");
  EXPECT_EQ(result.our_name, "probe.club.example");
  EXPECT_EQ(result.doors.front().own_domain, "example.com");
  EXPECT_GT(result.techniques, 35U);
}

TEST_F(RunAgainst, AnOpenRelayIsOpen) {
  MailServer server;
  server.relays = true;
  put(v4, 25, server);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::open) << result.reason;
  EXPECT_EQ(result.evidence, Evidence::observed);
  EXPECT_GT(relays(result.doors.front()), 10U);
}

TEST_F(RunAgainst, AServerThatTakesEverythingIsUndecided) {
  MailServer server;
  server.relays = true;
  server.knows_its_users = false;
  put(v4, 25, server);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_TRUE(result.doors.front().accepts_everything) << result.reason;
  EXPECT_EQ(relays(result.doors.front()), 0U);
}

TEST_F(RunAgainst, ACatchAllThatDoesNotRelayIsNeverOpen) {
  MailServer server;
  server.knows_its_users = false;
  put(v4, 25, server);
  const probe::Run result = run();
  EXPECT_NE(result.verdict, Verdict::open);
  EXPECT_FALSE(result.doors.front().accepts_everything);
}

TEST_F(RunAgainst, OneNamedDefectOfTheParserIsFoundByItsSpelling) {
  MailServer server;
  server.percent_router = true;
  put(v4, 25, server);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::open) << result.reason;
  for (const auto& outcome : result.doors.front().outcomes) {
    if (outcome.counts_as != CountsAs::relay) continue;
    EXPECT_NE(outcome.attempt.rcpt_to.find('%'), std::string::npos) << outcome.technique;
  }
}

TEST_F(RunAgainst, WordsThatAlsoMeanUnknownUserAreClosedOnlyByTheControls) {
  MailServer server;
  server.no_relay = server.no_user = {550, {"Invalid recipient: <x>"}};
  put(v4, 25, server);
  EXPECT_EQ(run().verdict, Verdict::closed);
}

TEST_F(RunAgainst, RefusingEvenPostmasterIsUndecided) {
  smtp::Policy policy = policy_of({});
  policy.on_rcpt = [](const smtp::Transaction&, const smtp::Path&) {
    return mail::Reply{550, {"Administrative prohibition"}};
  };
  put(v4, 25, policy);
  EXPECT_EQ(run().verdict, Verdict::undecided);
}

TEST_F(RunAgainst, ARefusedSenderIsNotAnAnswerAboutRelaying) {
  MailServer server;
  server.refused_senders = {"<>", "<postmaster@example.com>"};
  put(v4, 25, server);
  EXPECT_EQ(run().verdict, Verdict::closed);
  server.relays = true;
  put(v4, 25, server);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::open);
  const Outcome& first = result.doors.front().outcomes.front();
  EXPECT_EQ(first.kind, OutcomeKind::not_run);
  EXPECT_EQ(first.refused_as, RefusedAs::sender);
}

TEST_F(RunAgainst, AServerThatRefusesEverySenderIsUndecided) {
  smtp::Policy policy = policy_of({});
  policy.on_mail = [](const smtp::Transaction&, const smtp::Path&) {
    return mail::Reply{553, {"5.1.8 Sender address rejected: Domain not found"}};
  };
  put(v4, 25, policy);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_NE(result.reason.find("--from"), std::string::npos) << result.reason;
}

// The server hangs up after five refusals in a session, and takes the next connection.
TEST_F(RunAgainst, ASessionLimitDoesNotHideTheVerdict) {
  for (const bool open : {false, true}) {
    MailServer server;
    server.relays = open;
    smtp::Policy policy = policy_of(server);
    policy.max_errors = 5;
    put(v4, 25, policy);
    EXPECT_EQ(run().verdict, open ? Verdict::open : Verdict::closed);
  }
}

// After five refusals in all the address is banned.
TEST_F(RunAgainst, ABanLeavesWhatWasFoundAndNothingElse) {
  for (const bool open : {false, true}) {
    auto refusals = std::make_shared<int>(0);
    network.servers[{v4, 25}] = [refusals, open](std::size_t) -> net::IoResult<smtp::Policy> {
      if (*refusals >= 5) return tl::unexpected(net::IoFailure{net::Failure::timed_out, "banned"});
      MailServer server;
      server.relays = open;
      smtp::Policy policy = policy_of(server);
      policy.on_rcpt = [refusals, rcpt = policy.on_rcpt](const smtp::Transaction& said,
                                                         const smtp::Path& recipient) {
        if (*refusals >= 5) return mail::Reply{421, {"4.7.0 too many errors"}};
        mail::Reply reply = rcpt(said, recipient);
        *refusals += reply.is_positive() ? 0 : 1;
        return reply;
      };
      return policy;
    };
    const probe::Run result = run();
    EXPECT_EQ(result.verdict, open ? Verdict::open : Verdict::undecided) << result.reason;
    EXPECT_GT(result.doors.front().blocked_after, 0U);
  }
}

TEST_F(RunAgainst, OpenOverIpv6OnlyIsOpen) {
  network.hosts["mail.example.com"] = {v4, v6};
  put(v4, 25, MailServer{});
  MailServer server;
  server.relays = true;
  put(v6, 25, server);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::open);
  EXPECT_EQ(result.doors[0].verdict, Verdict::closed);
  EXPECT_EQ(result.doors[1].verdict, Verdict::open);
}

TEST_F(RunAgainst, WithoutARouteIpv6IsNotAskedAndTheAnswerIsWeak) {
  network.hosts["mail.example.com"] = {v4, v6};
  network.source_v6.reset();
  put(v4, 25, MailServer{});
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::closed);
  EXPECT_TRUE(result.weak);
  EXPECT_THAT(result.not_asked, testing::ElementsAre(testing::HasSubstr("IPv6 not asked")));
}

TEST_F(RunAgainst, AcceptanceFromATrustedPlaceIsUndecided) {
  network.own = {v4};
  MailServer server;
  server.relays = true;
  put(v4, 25, server);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_TRUE(result.doors.front().trusted_place);
  options.as_stranger = true;
  EXPECT_EQ(run().verdict, Verdict::open);
}

TEST_F(RunAgainst, APortForPeopleWithAPasswordIsClosedWhenItRefusesEverybodyElse) {
  put(v4, 25, MailServer{});
  smtp::Policy submission = policy_of({});
  submission.on_rcpt = [](const smtp::Transaction&, const smtp::Path& recipient) {
    if (recipient.argument == "<postmaster>") return mail::Reply{250, {"2.1.5 Ok"}};  // as Postfix
    return mail::Reply{554, {"5.7.1 Client host rejected: Access denied"}};
  };
  put(v4, 587, submission);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::closed) << result.reason;
  EXPECT_TRUE(result.doors[2].wants_password);
}

TEST_F(RunAgainst, AnOpenSubmissionPortIsAskedInFull) {
  put(v4, 25, MailServer{});
  MailServer server;
  server.relays = true;
  put(v4, 587, server);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::open);
  EXPECT_TRUE(result.doors[2].in_full);
  EXPECT_GT(relays(result.doors[2]), 10U);
}

TEST_F(RunAgainst, WhatIsBehindStarttlsIsADoorOfItsOwn) {
  smtp::Policy policy = policy_of({});
  policy.starttls = true;
  auto plain = policy.on_rcpt;
  policy.on_rcpt = [plain](const smtp::Transaction& said, const smtp::Path& recipient) {
    return said.tls ? mail::Reply{250, {"2.1.5 Ok"}} : plain(said, recipient);
  };
  put(v4, 25, policy);
  const probe::Run result = run();
  ASSERT_EQ(result.doors.size(), 4U);
  EXPECT_EQ(result.doors.back().target.tls, mail::TlsMode::starttls);
  EXPECT_EQ(result.doors.back().verdict, Verdict::undecided);
  EXPECT_TRUE(result.doors.back().accepts_everything);
}

TEST_F(RunAgainst, GreylistingIsUndecided) {
  MailServer server;
  server.no_relay = {451, {"4.7.1 Greylisting in action, please come back later"}};
  put(v4, 25, server);
  EXPECT_EQ(run().verdict, Verdict::undecided);
}

TEST_F(RunAgainst, DebiansTemporaryRefusalOfRelayingIsClosed) {
  MailServer server;
  server.no_relay = {454, {"4.7.1 <x>: Relay access denied"}};
  put(v4, 25, server);
  EXPECT_EQ(run().verdict, Verdict::closed);
}

TEST_F(RunAgainst, AServerThatHidesBehindAGreeting421IsWaitedForThenBlocked) {
  smtp::Policy policy;
  policy.greeting = mail::Reply{421, {"4.3.2 Connection rate limit exceeded."}};
  put(v4, 25, policy);
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_LT((network.connections[{v4, 25}]), 10U);
}

TEST_F(RunAgainst, RefusedConnectionsAreUndecidedAndSaidSo) {
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_NE(result.reason.find("refused"), std::string::npos) << result.reason;
}

TEST_F(RunAgainst, ASilentPort25IsComparedWithASecondHost) {
  network.without_server = net::Failure::timed_out;
  options.egress = "reflector.example";
  network.hosts["reflector.example"] = {"198.51.100.25"};
  EXPECT_THAT(run().not_asked, testing::Contains(testing::HasSubstr("blocked here")));
  put("198.51.100.25", 25, MailServer{});
  EXPECT_THAT(run().not_asked, testing::Contains(testing::HasSubstr("open from here")));
}

TEST_F(RunAgainst, AMailDomainStandsForItsExchangers) {
  options.target.host = "example.com";
  put(v4, 25, MailServer{});
  const probe::Run result = run();
  EXPECT_EQ(result.doors.front().target.host, "mail.example.com");
  EXPECT_EQ(result.verdict, Verdict::closed);
}

TEST_F(RunAgainst, ADomainWithANullMxTakesNoMail) {
  network.exchangers["example.com"] = {{0, ""}};
  options.target.host = "example.com";
  net::Loop loop;
  const auto plan = loop.run(prepare(network, options));
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("null MX"), std::string::npos);
}

TEST_F(RunAgainst, AnUnknownNameIsAnErrorOfOneLine) {
  options.target.host = "nowhere.example";
  net::Loop loop;
  const auto plan = loop.run(prepare(network, options));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().message.find('\n'), std::string::npos);
}

TEST_F(RunAgainst, ThePhaseDataEndsBeforeAnyContent) {
  options.data_phase = true;
  MailServer server;
  server.relays = true;
  smtp::Policy policy = policy_of(server);
  bool delivered = false;
  policy.on_message = [&](const smtp::Transaction&, std::string_view) {
    delivered = true;
    return mail::Reply{250, {"queued"}};
  };
  put(v4, 25, policy);
  const probe::Run open = run();
  EXPECT_EQ(open.verdict, Verdict::open);
  EXPECT_FALSE(delivered);
  EXPECT_EQ(open.doors.front().outcomes.front().phase, "data");

  policy.on_data = [](const smtp::Transaction&) { return mail::Reply{554, {"5.7.1 no"}}; };
  put(v4, 25, policy);
  const probe::Run refused = run();
  EXPECT_NE(refused.verdict, Verdict::open) << refused.reason;
  EXPECT_FALSE(delivered);
}

TEST_F(RunAgainst, WhereTlsComesFirstEverythingIsAskedBehindIt) {
  MailServer server;
  server.percent_router = true;
  smtp::Policy policy = policy_of(server);
  policy.starttls = true;
  policy.on_mail = [](const smtp::Transaction& said, const smtp::Path&) {
    return said.tls ? mail::Reply{250, {"2.1.0 Ok"}}
                    : mail::Reply{530, {"5.7.0 Must issue a STARTTLS command first"}};
  };
  put(v4, 25, policy);
  const probe::Run result = run();
  EXPECT_TRUE(result.doors.back().in_full);
  EXPECT_EQ(result.verdict, Verdict::open) << result.reason;
}

// The first door is asked in full; then nothing of that address answers any more.
TEST_F(RunAgainst, ABanAfterTheFirstDoorDoesNotMakeTheOthersClosed) {
  std::size_t sessions = 0;
  const smtp::Policy policy = policy_of({});
  network.servers[{v4, 25}] = [&](std::size_t) -> net::IoResult<smtp::Policy> {
    ++sessions;
    return policy;
  };
  EXPECT_FALSE(run().weak);
  const std::size_t needed = sessions - 1;  // the last one looked whether it is still there
  sessions = 0;
  network.servers[{v4, 25}] = [&](std::size_t) -> net::IoResult<smtp::Policy> {
    if (++sessions <= needed) return policy;
    return tl::unexpected(net::IoFailure{net::Failure::refused, "banned"});
  };
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::closed) << result.reason;
  EXPECT_TRUE(result.weak);
  EXPECT_THAT(result.not_asked, testing::Contains(testing::HasSubstr("blocks this place")));
}

TEST_F(RunAgainst, ARouterThatHandsUsBackInsideIsAPlaceThatMayBeTrusted) {
  network.source_v4 = "192.168.1.5";
  MailServer server;
  server.relays = true;
  server.host = "mail.example.com Hello x [192.168.1.1]";
  put(v4, 25, server);
  const probe::Run result = run();
  EXPECT_EQ(result.doors.front().seen_as, "192.168.1.1");
  EXPECT_EQ(result.verdict, Verdict::undecided) << result.reason;
}

TEST_F(RunAgainst, ASecondOpinionIsAskedForPort25Only) {
  options.ports = {587};
  options.egress = "reflector.example";
  put(v4, 587, MailServer{});
  EXPECT_THAT(run().not_asked, testing::IsEmpty());
}

TEST_F(RunAgainst, WithoutAnyRouteItSaysSo) {
  network.source_v4.reset();
  const probe::Run result = run();
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_THAT(result.reason, testing::HasSubstr("no route"));
}

TEST_F(RunAgainst, ADoorAskedInShortStillHasSixSenders) {
  put(v4, 25, MailServer{});
  put(v4, 587, MailServer{});
  const probe::Run result = run();
  EXPECT_EQ(result.doors[2].outcomes.size(), 6U);
}

TEST_F(RunAgainst, OurHeloIsOurLiteralWithoutAConfirmedName) {
  network.hosts["probe.club.example"] = {"203.0.113.99"};
  put(v4, 25, MailServer{});
  EXPECT_EQ(run().our_name, "[203.0.113.9]");
}

}  // namespace
}  // namespace relayproof::probe
