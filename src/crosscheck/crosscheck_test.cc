#include "crosscheck/crosscheck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_system.h"
#include "policy/attempt.h"

namespace relayproof::crosscheck {
namespace {

using testing::Contains;
using testing::HasSubstr;

mail::IpAddress address(std::string_view text) { return *mail::IpAddress::parse(text); }

// A configuration with its audit, as check has it.
struct Server {
  dialects::Loaded loaded;
  questions::Audit audit;

  explicit Server(const std::string& mynetworks) {
    MemoryFiles files;
    files.add(
        "/etc/postfix/main.cf",
        "compatibility_level = 3.6\nmyhostname = mail.example.com\nmydestination = example.com\n"
        "inet_interfaces = all\nmynetworks = " +
            mynetworks +
            "\nsmtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n");
    files.add("/etc/postfix/master.cf", "smtp inet n - y - - smtpd\n");
    dialects::Host host;
    host.hostname = "mail.example.com";
    host.mta_version = "3.7";
    host.interfaces = {{address("192.0.2.25"), 24}};
    for (const auto* dialect : dialects::all_dialects()) {
      if (dialect->name == "postfix") loaded = *dialect->load(files, "/etc/postfix", host);
    }
    audit = questions::audit(loaded, {});
  }

  Instance instance() const {
    Instance one;
    one.name = "/etc/postfix";
    one.loaded = &loaded;
    one.audit = &audit;
    one.running = true;
    return one;
  }
};

probe::DoorResult door(const std::string& at, const std::string& from, bool relays) {
  probe::DoorResult door;
  door.target = {"mail.example.com", address(at), 25, mail::TlsMode::none};
  door.source = address(from);
  door.verdict = relays ? probe::Verdict::open : probe::Verdict::closed;
  probe::Outcome outcome;
  outcome.technique = "null-sender";
  outcome.attempt = {"client.example.net", "<>", "<relayproof-k3v@example.net>"};
  outcome.kind = relays ? probe::OutcomeKind::accepted : probe::OutcomeKind::refused;
  if (relays) {
    outcome.counts_as = probe::CountsAs::relay;
  } else {
    outcome.refused_as = probe::RefusedAs::relay;
  }
  door.outcomes.push_back(outcome);
  return door;
}

probe::Run run_of(std::vector<probe::DoorResult> doors) {
  probe::Run run;
  run.doors = std::move(doors);
  run.verdict = probe::Verdict::closed;
  for (const auto& each : run.doors) {
    if (each.verdict == probe::Verdict::open) run.verdict = probe::Verdict::open;
  }
  return run;
}

std::vector<std::string> codes(const CrossCheck& result) {
  std::vector<std::string> found;
  for (const auto& finding : result.findings) found.push_back(finding.code);
  return found;
}

TEST(CrossCheck, ThatAgreesIsProvedClosed) {
  const Server server("127.0.0.0/8");
  const auto run = run_of({door("192.0.2.25", "203.0.113.9", false)});
  const auto result = crosscheck({&run, {server.instance()}, {}});
  EXPECT_EQ(result.verdict, questions::Verdict::closed);
  EXPECT_EQ(result.evidence, "proved");
  ASSERT_EQ(result.agreement.size(), 1U);
  EXPECT_EQ(result.agreement[0].relation, Relation::agree);
  EXPECT_TRUE(result.findings.empty());
}

TEST(CrossCheck, AgreesThatTheMachineItselfMayRelay) {
  const Server server("127.0.0.0/8");
  auto own = door("127.0.0.1", "127.0.0.1", true);
  own.verdict = probe::Verdict::undecided;
  own.trusted_place = true;
  auto run = run_of({own});
  run.verdict = probe::Verdict::undecided;
  const auto result = crosscheck({&run, {server.instance()}, {}});
  EXPECT_EQ(result.agreement.at(0).relation, Relation::agree);
  EXPECT_EQ(result.verdict, questions::Verdict::closed);
}

TEST(CrossCheck, AConfigurationThatIsClosedAndANetworkThatIsOpenNameWhomTheLogSaw) {
  const Server server("127.0.0.0/8 172.22.1.0/24");
  const auto run = run_of({door("2001:db8:25::25", "2001:db8:9::9", true)});
  const SeenAs seen{run.doors[0].target, run.doors[0].source, address("172.22.1.1"), true, "line",
                    "mail.log"};
  const auto result = crosscheck({&run, {server.instance()}, {seen}});
  EXPECT_EQ(result.verdict, questions::Verdict::open);
  EXPECT_EQ(result.agreement.at(0).relation, Relation::network_open);
  EXPECT_THAT(result.agreement.at(0).says,
              HasSubstr("the server saw us as 172.22.1.1, which main.cf:5 trusts"));
  EXPECT_THAT(codes(result), Contains("RP5101"));
  EXPECT_THAT(codes(result), Contains("RP5105"));
}

TEST(CrossCheck, AnAddressThatIsRewrittenAndTrustedLeavesNothingClosed) {
  const Server server("127.0.0.0/8 172.22.1.0/24");
  const auto run = run_of({door("192.0.2.25", "203.0.113.9", false)});
  const SeenAs seen{run.doors[0].target, run.doors[0].source, address("172.22.1.1"), true, "line",
                    "mail.log"};
  EXPECT_EQ(crosscheck({&run, {server.instance()}, {seen}}).verdict, questions::Verdict::undecided);
}

TEST(CrossCheck, AConfigurationThatIsOpenIsOpenWhateverTheNetworkSays) {
  const Server server("0.0.0.0/0");
  const auto run = run_of({door("192.0.2.25", "203.0.113.9", false)});
  const auto result = crosscheck({&run, {server.instance()}, {}});
  EXPECT_EQ(result.verdict, questions::Verdict::open);
  EXPECT_EQ(result.agreement.at(0).relation, Relation::network_closed);
  EXPECT_THAT(codes(result), Contains("RP5102"));
}

TEST(CrossCheck, ADoorThatDoesNotSpeakFirstIsNamedAsNotAsked) {
  Server server("127.0.0.0/8");
  server.loaded.policy.listeners[0].wants_first = "a PROXY header";
  const auto result = crosscheck({nullptr, {server.instance()}, {}});
  ASSERT_EQ(result.agreement.size(), 1U);
  EXPECT_EQ(result.agreement[0].relation, Relation::not_compared);
  EXPECT_EQ(result.agreement[0].says, "it wants a PROXY header first: nothing was asked there");
  EXPECT_TRUE(result.findings.empty());
}

TEST(CrossCheck, ProcessesOlderThanTheirFilesAreTheFirstThingToSay) {
  const Server server("127.0.0.0/8");
  auto instance = server.instance();
  instance.read_at = 1000;
  instance.changed_at = 1060;
  instance.changed_file = "/etc/postfix/main.cf";
  const auto run = run_of({door("192.0.2.25", "203.0.113.9", true)});
  const auto result = crosscheck({&run, {instance}, {}});
  EXPECT_THAT(codes(result), Contains("RP5104"));
  EXPECT_THAT(result.agreement.at(0).says, HasSubstr("postfix reload"));
  instance.read_at = 1060;
  EXPECT_THAT(codes(crosscheck({&run, {instance}, {}})), testing::Not(Contains("RP5104")));
}

TEST(CrossCheck, FamiliesThatDecideDifferentlyAreToldWithoutAnyConfiguration) {
  const auto run = run_of(
      {door("192.0.2.25", "203.0.113.9", false), door("2001:db8:25::25", "2001:db8:9::9", true)});
  const auto result = crosscheck({&run, {}, {}});
  EXPECT_EQ(codes(result), std::vector<std::string>{"RP5103"});
  EXPECT_EQ(result.verdict, questions::Verdict::open);
}

TEST(CrossCheck, AServerThatNoPortLeadsToIsNotTheOneThatAnswers) {
  const Server aside("0.0.0.0/0");
  const Server published("127.0.0.0/8");
  auto first = aside.instance();
  first.name = "aside";
  first.in_container = true;
  first.reached_at = std::set<std::uint16_t>{};
  auto second = published.instance();
  second.name = "published";
  second.in_container = true;
  second.reached_at = std::set<std::uint16_t>{25};
  const auto run = run_of({door("192.0.2.25", "203.0.113.9", false)});
  const auto result = crosscheck({&run, {first, second}, {}});
  ASSERT_EQ(result.agreement.size(), 1U);
  EXPECT_EQ(result.agreement[0].instance, "published");
  EXPECT_EQ(result.agreement[0].relation, Relation::agree);
  // Where nobody is known to be reached there, whoever has such a door is.
  second.reached_at = std::set<std::uint16_t>{};
  EXPECT_EQ(crosscheck({&run, {second}, {}}).agreement.at(0).instance, "published");
}

TEST(CrossCheck, DoorsThatOnlyOneSideHasAreToldApart) {
  const Server server("127.0.0.0/8");
  auto other = door("192.0.2.25", "203.0.113.9", false);
  other.target.port = 2525;
  auto silent = door("192.0.2.25", "203.0.113.9", false);
  silent.outcomes.clear();
  silent.reached = probe::Reached::refused;
  silent.verdict = probe::Verdict::undecided;
  const auto run = run_of({other, silent});
  const auto result = crosscheck({&run, {server.instance()}, {}});
  ASSERT_EQ(result.agreement.size(), 2U);
  EXPECT_EQ(result.agreement[0].relation, Relation::unserved);
  EXPECT_EQ(result.agreement[1].relation, Relation::silent);
  EXPECT_THAT(codes(result), testing::UnorderedElementsAre("RP5107", "RP5106"));
}

TEST(CrossCheck, ADoorThatNoConfigurationDecidesAndThatRelaysLeavesNothingClosed) {
  const Server server("127.0.0.0/8");
  auto other = door("192.0.2.25", "192.0.2.25", true);
  other.target.port = 2525;
  other.verdict = probe::Verdict::undecided;
  auto run = run_of({other});
  run.verdict = probe::Verdict::undecided;
  EXPECT_EQ(crosscheck({&run, {server.instance()}, {}}).verdict, questions::Verdict::undecided);
}

TEST(CrossCheck, AnUnknownProcessThatHandsOnAsLoopbackLeavesNothingClosed) {
  const Server server("127.0.0.0/8");
  auto other = door("192.0.2.25", "192.0.2.25", false);
  other.target.port = 2525;
  other.outcomes.clear();
  auto run = run_of({other});
  run.verdict = probe::Verdict::undecided;
  const SeenAs seen{run.doors[0].target, run.doors[0].source, address("127.0.0.1"), true, "line",
                    "mail.log"};
  const auto result = crosscheck({&run, {server.instance()}, {seen}});
  EXPECT_EQ(result.verdict, questions::Verdict::undecided);
  EXPECT_EQ(result.evidence, "demonstrated");
}

TEST(CrossCheck, WhoseAddressIsLostByTheModelIsComparedAsTheServerSeesHim) {
  Server server("127.0.0.0/8 172.22.1.0/24");
  policy::Door::Seen lost;
  lost.clients = mail::IpSet::all_v6();
  lost.as = address("172.22.1.1");
  server.loaded.policy.doors.front().seen.push_back(lost);
  server.audit = questions::audit(server.loaded, {});
  const auto run = run_of({door("2001:db8:25::25", "2001:db8:9::9", true)});
  const auto result = crosscheck({&run, {server.instance()}, {}});
  EXPECT_EQ(result.verdict, questions::Verdict::open);
  EXPECT_EQ(result.evidence, "proved");
  EXPECT_EQ(result.agreement.at(0).relation, Relation::agree);
}

TEST(CrossCheck, WhatWasClaimedBeforeIsNotHeldAgainstThePlainAttempt) {
  const Server server("127.0.0.0/8");
  auto claimed = door("192.0.2.25", "203.0.113.9", true);
  claimed.outcomes.front().prelude = techniques::Prelude::xclient_loopback;
  claimed.verdict = probe::Verdict::undecided;
  auto run = run_of({claimed});
  run.verdict = probe::Verdict::undecided;
  EXPECT_EQ(crosscheck({&run, {server.instance()}, {}}).agreement.at(0).relation,
            Relation::not_compared);
}

TEST(CrossCheck, PublishedPortsLeadToTheServersOwn) {
  const Server server("127.0.0.0/8");
  auto instance = server.instance();
  instance.published = {{2525, 25}};
  auto other = door("192.0.2.25", "203.0.113.9", false);
  other.target.port = 2525;
  const auto run = run_of({other});
  EXPECT_EQ(crosscheck({&run, {instance}, {}}).agreement.at(0).relation, Relation::agree);
}

}  // namespace
}  // namespace relayproof::crosscheck
