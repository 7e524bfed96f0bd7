#include "repair/plan.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>

namespace relayproof::repair {
namespace {

const std::string base =
    "compatibility_level = 3.6\nmyhostname = mail.example.com\nmydestination = example.com\n";
const std::string gate =
    "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, "
    "reject_unauth_destination\n";
const std::string master = "smtp inet n - y - - smtpd\n";

const dialects::Dialect& postfix() {
  for (const auto* dialect : dialects::all_dialects()) {
    if (dialect->name == "postfix") return *dialect;
  }
  throw std::logic_error("no dialect postfix");
}

struct Planned {
  Plan plan;
  std::map<std::string, std::string> after;  // what the best way makes of the files
};

Planned plan_for(std::map<std::string, std::string> files, PlanOptions options = {}) {
  files.try_emplace("/p/master.cf", master);
  const MemoryFiles memory(files);
  const dialects::Host host{
      "mail.example.com", {{*mail::IpAddress::parse("192.0.2.25"), 24}}, "3.7", {}};
  const Subject subject{&postfix(), &memory, "/p", host, {}};
  for (const auto& network : options.networks) {
    options.audit.trusted = options.audit.trusted | mail::IpSet::of(network);
  }
  auto made = plan(subject, options);
  EXPECT_TRUE(made);
  Planned planned{std::move(*made), files};
  if (planned.plan.ways.empty()) return planned;
  for (const auto& file : planned.plan.ways.front().files) planned.after[file.path] = file.after;
  return planned;
}

struct Case {
  const char* name;
  std::string before;
  std::string after;
};

// The lines of main.cf that are not the same everywhere.
const Case edits[] = {
    {"the last of a list goes", "mynetworks = 127.0.0.0/8 0.0.0.0/0\n",
     "mynetworks = 127.0.0.0/8\n"},
    {"the first of a list goes", "mynetworks = 0.0.0.0/0 127.0.0.0/8\n",
     "mynetworks = 127.0.0.0/8\n"},
    {"commas stay as they were", "mynetworks = 127.0.0.0/8, 0.0.0.0/0, 10.1.0.0/16\n",
     "mynetworks = 127.0.0.0/8, 10.1.0.0/16\n"},
    {"a line of its own goes, comments stay",
     "mynetworks =\n    127.0.0.0/8\n    # everybody\n    0.0.0.0/0\n    [::1]/128\n",
     "mynetworks =\n    127.0.0.0/8\n    # everybody\n    [::1]/128\n"},
    {"loopback stays trusted", "mynetworks = 0.0.0.0/0\n", "mynetworks = 127.0.0.0/8\n"},
    {"both families", "mynetworks = 0.0.0.0/0 [::]/0\n", "mynetworks = 127.0.0.0/8 [::1]/128\n"},
    {"what is written in another setting", "all = 0.0.0.0/0\nmynetworks = 127.0.0.0/8 $all\n",
     "all =\nmynetworks = 127.0.0.0/8 $all\n"},
    {"host bits", "mynetworks = 127.0.0.1/8\n", "mynetworks = 127.0.0.0/8\n"},
};

TEST(Plan, EditsTheTextAndKeepsItsStyle) {
  for (const auto& one : edits) {
    const auto planned = plan_for({{"/p/main.cf", base + one.before + gate}});
    ASSERT_FALSE(planned.plan.ways.empty()) << one.name << ": " << planned.plan.why_none;
    EXPECT_EQ(planned.after.at("/p/main.cf"), base + one.after + gate) << one.name;
  }
}

TEST(Plan, OfWhatIsClosedIsNotNeeded) {
  const auto planned = plan_for({{"/p/main.cf", base + gate + "mynetworks = 127.0.0.0/8\n"}});
  EXPECT_FALSE(planned.plan.needed);
  EXPECT_TRUE(planned.plan.ways.empty());
}

TEST(Plan, PutsStatedNetworksInThePlaceOfStrangers) {
  PlanOptions options;
  options.networks = {*mail::Network::parse("192.168.1.0/24")};
  const auto planned =
      plan_for({{"/p/main.cf", base + gate + "mynetworks = 127.0.0.0/8 0.0.0.0/0\n"}}, options);
  EXPECT_EQ(planned.after.at("/p/main.cf"),
            base + gate + "mynetworks = 127.0.0.0/8 192.168.1.0/24\n");
  EXPECT_FALSE(planned.plan.ways.front().asks_owner());
}

TEST(Plan, GivesBackWhatTheHoleGaveToStatedNetworks) {
  PlanOptions options;
  options.networks = {*mail::Network::parse("192.168.1.0/24")};
  const auto planned =
      plan_for({{"/p/main.cf",
                 base + "mynetworks = 127.0.0.0/8\nsmtpd_relay_restrictions = permit_mynetworks, "
                        "check_sender_access static:OK, reject_unauth_destination\n"}},
               options);
  ASSERT_FALSE(planned.plan.ways.empty());
  EXPECT_FALSE(planned.plan.ways.front().asks_owner());
  EXPECT_NE(planned.after.at("/p/main.cf").find("127.0.0.0/8 192.168.1.0/24"), std::string::npos)
      << planned.after.at("/p/main.cf");
}

TEST(Plan, EditsOverridesOfMasterCfWhereTheyStand) {
  const std::string before = master +
                             "2525 inet n - y - - smtpd\n  -o syslog_name=postfix/2525 -o "
                             "mynetworks=127.0.0.0/8,0.0.0.0/0\n  # for the scanner\n";
  const auto planned = plan_for(
      {{"/p/main.cf", base + gate + "mynetworks = 127.0.0.0/8\n"}, {"/p/master.cf", before}});
  ASSERT_FALSE(planned.plan.ways.empty());
  auto after = before;
  after.erase(after.find(",0.0.0.0/0"), 10);
  EXPECT_EQ(planned.after.at("/p/master.cf"), after);
}

TEST(Plan, AsksWhereANetworkOfTheOwnersGoes) {
  const auto planned =
      plan_for({{"/p/main.cf", base + gate + "mynetworks = 127.0.0.0/8 203.0.113.0/24\n"}});
  ASSERT_FALSE(planned.plan.ways.empty());
  EXPECT_TRUE(planned.plan.ways.front().asks_owner());
}

TEST(Plan, SaysWhyThereIsNone) {
  dialects::Dialect silent = postfix();
  silent.remedies = nullptr;
  const MemoryFiles files(
      {{"/p/main.cf", base + gate + "mynetworks = 0.0.0.0/0\n"}, {"/p/master.cf", master}});
  const Subject subject{&silent, &files, "/p", {}, {}};
  const auto made = plan(subject, {});
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->needed);
  EXPECT_TRUE(made->ways.empty());
  EXPECT_FALSE(made->why_none.empty());
}

}  // namespace
}  // namespace relayproof::repair
