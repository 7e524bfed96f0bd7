#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/loop.h"
#include "probe/outside.h"
#include "probe/run.h"
#include "support/fake_network.h"

namespace relayproof::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Preparing : public testing::Test {
 protected:
  Preparing() {
    network.hosts["mail.example.com"] = {"192.0.2.25"};
    options.target = {"mail.example.com", {}};
    options.follow_mx = true;
    options.techniques = standard_techniques();
  }

  Result<Plan> prepared() {
    net::Loop loop;
    return loop.run(prepare(network, options));
  }
  Plan plan() {
    auto plan = prepared();
    EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
    return plan ? *plan : Plan{};
  }
  std::string error() {
    auto plan = prepared();
    return plan ? "" : plan.error().message;
  }

  testing_support::FakeNetwork network;
  RunOptions options;
};

TEST_F(Preparing, AsksTheMxThatResolveAndNamesThoseThatDoNot) {
  options.target.host = "example.com";
  network.exchangers["example.com"] = {{10, "gone.example.com"}, {20, "mail.example.com"}};
  const Plan found = plan();
  EXPECT_THAT(found.addresses, SizeIs(1));
  EXPECT_THAT(found.not_asked, ElementsAre(HasSubstr("gone.example.com")));
  network.exchangers["example.com"] = {{10, "gone.example.com"}};
  EXPECT_THAT(error(), HasSubstr("cannot resolve gone.example.com"));
}

TEST_F(Preparing, SaysWhichAddressesDnsDidNotTell) {
  network.unanswered["mail.example.com"] = "no answer in time";
  options.follow_mx = false;
  EXPECT_THAT(plan().not_asked, ElementsAre(HasSubstr("some addresses of mail.example.com")));
}

TEST_F(Preparing, AlwaysChoosesTwoDomainsOutside) {
  network.hosts["mail.example.com"] = {"192.0.2.26"};
  options.target.host = "mail.example.com";
  options.domains = {"backup.example.org", "net"};  // all of net is nobody's
  EXPECT_THAT(outside_domains(plan()), ElementsAre("example.net", "outside.example"));
  options.domains = {"example.org", "example.net"};
  EXPECT_THAT(outside_domains(plan()), ElementsAre("outside.example", "elsewhere.example"));
}

TEST_F(Preparing, SaysThatTheMxCouldNotBeLookedUp) {
  network.hosts["example.com"] = {"192.0.2.80"};
  network.unanswered["example.com"] = "SERVFAIL";
  options.target.host = "example.com";
  EXPECT_THAT(plan().not_asked, testing::Contains(HasSubstr("MX of example.com not asked")));
}

TEST_F(Preparing, RefusesASourceThatIsNotOfThisMachine) {
  options.sources = {mail::IpAddress::parse("203.0.113.77").value()};
  EXPECT_THAT(error(), HasSubstr("--source: 203.0.113.77"));
  network.own = {"203.0.113.77"};
  EXPECT_EQ(plan().addresses.front().source, options.sources.front());
}

TEST_F(Preparing, LeavesTheSourceOfTheOtherFamilyToTheSystem) {
  network.own = {"203.0.113.77"};
  options.sources = {mail::IpAddress::parse("203.0.113.77").value()};
  network.hosts["mail.example.com"] = {"192.0.2.25", "2001:db8::25"};
  EXPECT_EQ(plan().addresses[1].source->to_string(), "2001:db8:9::9");
}

TEST_F(Preparing, RefusesARecipientThatTheServerAnswersFor) {
  for (const char* to : {"me@example.com", "me@mail.example.com", "me@Hosted.example"}) {
    options.to = to;
    options.domains = {"hosted.example"};
    EXPECT_THAT(error(), HasSubstr("--to: this server answers for")) << to;
  }
  network.exchangers["club.example"] = {{10, "mail.example.com"}};
  options.to = "me@club.example";
  EXPECT_THAT(error(), HasSubstr("--to: this server answers for club.example"));
  options.to = "me@elsewhere.example";
  EXPECT_THAT(error(), IsEmpty());
}

TEST_F(Preparing, ChoosesDomainsOutsideThatAreNotTheServersOwn) {
  EXPECT_THAT(outside_domains(plan()), ElementsAre("example.net", "example.org"));
  options.to = "me@elsewhere.example";
  EXPECT_THAT(outside_domains(plan()),
              ElementsAre("elsewhere.example", "example.net", "example.org"));
  options.to.clear();
  network.hosts["mail.example.net"] = {"192.0.2.26"};
  options.target.host = "mail.example.net";
  EXPECT_THAT(outside_domains(plan()), ElementsAre("example.org", "example.com"));
}

TEST_F(Preparing, AsksPort25FirstThenTheOthersInTheirOrder) {
  EXPECT_THAT(plan().ports, ElementsAre(25, 465, 587));
  options.ports = {587, 25, 2525};
  EXPECT_THAT(plan().ports, ElementsAre(25, 587, 2525));
  options.ports.clear();
  options.target.port = 2525;
  EXPECT_THAT(plan().ports, ElementsAre(2525));
}

TEST_F(Preparing, UsesTheOperatorsAddressElsePostmasterAtOurConfirmedNameElseNone) {
  EXPECT_EQ(plan().operator_address, "");
  network.pointers["203.0.113.9"] = {"probe.club.example"};
  network.hosts["probe.club.example"] = {"203.0.113.9"};
  EXPECT_EQ(plan().operator_address, "postmaster@probe.club.example");
  options.from = "me@club.example";
  EXPECT_EQ(plan().operator_address, "me@club.example");
}

}  // namespace
}  // namespace relayproof::probe
