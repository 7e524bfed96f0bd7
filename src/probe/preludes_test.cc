// What goes before the question: each claim is found on a server that believes it, and on no other.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "base/text.h"
#include "net/loop.h"
#include "probe/run.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing_support::FakeNetwork;

using Claims = std::vector<std::string>;
using Believes = std::function<bool(const smtp::Transaction&)>;

// A closed server that relays for whom it believes something.
smtp::Policy closed_but_for(Believes believes) {
  smtp::Policy policy = policy_of(testing_support::MailServer{});
  const auto closed = policy.on_rcpt;
  policy.on_rcpt = [closed, believes = std::move(believes)](const smtp::Transaction& said,
                                                            const smtp::Path& recipient) {
    const auto reply = closed(said, recipient);
    return reply.code == 554 && believes(said) ? mail::Reply{250, {"2.1.5 Ok"}} : reply;
  };
  return policy;
}

bool claims(const smtp::Transaction& said, std::string_view begin) {
  return std::any_of(said.claims.begin(), said.claims.end(),
                     [&](const std::string& claim) { return claim.starts_with(begin); });
}

std::function<mail::Reply(const smtp::Transaction&, std::string_view)> takes(std::string begin,
                                                                             int code) {
  return [begin = std::move(begin), code](const smtp::Transaction&,
                                          std::string_view line) -> mail::Reply {
    if (starts_with_ignoring_case(line, begin)) return {code, {"2.7.0 Ok"}};
    if (starts_with_ignoring_case(line, "AUTH")) return {535, {"5.7.8 Authentication failed"}};
    return {500, {"5.5.2 Command not recognised"}};
  };
}

Run run_against(const smtp::Policy& policy) {
  FakeNetwork network;
  network.hosts["mail.example.com"] = {"192.0.2.25"};
  network.exchangers["example.com"] = {{10, "mail.example.com"}};
  network.pointers["203.0.113.9"] = {"probe.club.example"};
  network.hosts["probe.club.example"] = {"203.0.113.9"};
  network.servers[{"192.0.2.25", 25}] = [policy](std::size_t) { return policy; };
  RunOptions options;
  options.target = {"mail.example.com", {}};
  options.follow_mx = true;
  for (const auto& row : techniques::catalogue()) {
    if (row.name == "null-sender" || row.prelude != techniques::Prelude::none) {
      options.techniques.push_back(&row);
    }
  }
  int tokens = 0;
  options.token = [&tokens] { return "k" + std::to_string(++tokens); };
  net::Loop loop;
  auto plan = loop.run(prepare(network, options));
  EXPECT_TRUE(plan) << plan.error().message;
  return loop.run(execute(network, std::move(*plan)));
}

std::set<std::string> relaying(const smtp::Policy& policy) {
  const Run run = run_against(policy);
  std::set<std::string> names;
  for (const auto& door : run.doors) {
    for (const auto& outcome : door.outcomes) {
      EXPECT_NE(outcome.kind, OutcomeKind::not_run) << outcome.technique;
      if (outcome.counts_as == CountsAs::relay) names.insert(outcome.technique);
    }
  }
  EXPECT_EQ(run.verdict, names.empty() ? Verdict::closed : Verdict::open) << run.reason;
  return names;
}

std::set<std::string> weaknesses(const smtp::Policy& policy) {
  const Run run = run_against(policy);
  EXPECT_EQ(run.verdict, Verdict::closed) << run.reason;
  std::set<std::string> codes;
  for (const auto& door : run.doors) {
    for (const auto& weakness : door.weaknesses) codes.insert(weakness.code);
  }
  return codes;
}

smtp::Policy with_starttls(smtp::Policy policy) {
  policy.starttls = true;
  return policy;
}

using Names = std::set<std::string>;

TEST(Preludes, NoneWorksOnAServerThatBelievesNothing) {
  EXPECT_EQ(relaying(policy_of(testing_support::MailServer{})), Names{});
}

TEST(Preludes, AGateInTheHelloIsPassedWithoutOne) {
  auto policy = closed_but_for([](const auto& said) { return said.helo.empty(); });
  policy.require_helo = false;
  EXPECT_EQ(relaying(policy), Names{"no-hello"});
}

TEST(Preludes, ALoginOfAnybodyIsFound) {
  auto policy = closed_but_for([](const auto& said) { return claims(said, "AUTH PLAIN"); });
  policy.on_other = takes("AUTH PLAIN", 235);
  EXPECT_EQ(relaying(policy), (Names{"random-login", "refused-login"}));
}

TEST(Preludes, ALoginWithoutASecretIsFound) {
  for (const auto& [mechanism, name] :
       {std::pair{"AUTH ANONYMOUS", "anonymous-login"}, {"AUTH EXTERNAL", "external-login"}}) {
    auto policy =
        closed_but_for([m = std::string(mechanism)](const auto& said) { return claims(said, m); });
    policy.on_other = takes(mechanism, 235);
    EXPECT_EQ(relaying(policy), Names{name});
  }
}

TEST(Preludes, ALoginThatCountsAlthoughItWasRefusedIsFound) {
  const auto tried = std::make_shared<bool>(false);
  auto policy = closed_but_for([tried](const auto&) { return *tried; });
  policy.on_helo = [tried](const auto&) {
    *tried = false;  // a new session
    return mail::Reply{250, {"ok"}};
  };
  policy.on_other = [tried](const auto&, std::string_view line) -> mail::Reply {
    *tried = starts_with_ignoring_case(line, "AUTH PLAIN");
    return {535, {"5.7.8 Authentication failed"}};
  };
  EXPECT_EQ(relaying(policy), Names{"refused-login"});
}

TEST(Preludes, AForgedClientIsFound) {
  for (const auto& [command, name] : {std::pair{"XCLIENT ADDR=127.0.0.1", "xclient-loopback"},
                                      {"XCLIENT LOGIN=", "xclient-login"},
                                      {"XFORWARD ADDR=127.0.0.1", "xforward-loopback"}}) {
    auto policy =
        closed_but_for([c = std::string(command)](const auto& said) { return claims(said, c); });
    const bool anew = std::string_view(command).starts_with("XCLIENT");
    policy.on_other = takes(command, anew ? 220 : 250);
    EXPECT_EQ(relaying(policy), Names{name});
  }
}

TEST(Preludes, AServerThatTakesAnyCertificateIsFoundIfItAsksForOne) {
  auto policy = with_starttls(closed_but_for([](const auto& said) { return said.certificate; }));
  EXPECT_EQ(relaying(policy), Names{});
  policy.asks_for_certificate = true;
  EXPECT_EQ(relaying(policy), Names{"client-certificate"});
  EXPECT_EQ(relaying(with_starttls(policy_of(testing_support::MailServer{}))), Names{});
}

TEST(Preludes, ACertificateThatNobodyAsksForIsNeitherRefusedNorTaken) {
  // Open to whoever says MAIL: a certificate would be told as refused, or as what opens it.
  auto policy = with_starttls(closed_but_for([](const auto&) { return true; }));
  const auto asked = [&] {
    const auto run = run_against(policy);
    EXPECT_EQ(run.verdict, Verdict::open) << run.reason;
    std::size_t count = 0;
    for (const auto& door : run.doors) {
      for (const auto& outcome : door.outcomes)
        count += outcome.technique == "client-certificate" ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(asked(), 0U);
  policy.asks_for_certificate = true;
  EXPECT_EQ(asked(), 1U);
}

TEST(Preludes, WhatTakesEverythingBehindAClaimIsUnclearAndTheRestIsNot) {
  auto policy = with_starttls(policy_of(testing_support::MailServer{}));
  policy.asks_for_certificate = true;
  const auto closed = policy.on_rcpt;
  policy.on_rcpt = [closed](const smtp::Transaction& said, const smtp::Path& recipient) {
    return said.certificate ? mail::Reply{250, {"2.1.5 Ok"}} : closed(said, recipient);
  };
  const auto run = run_against(policy);
  EXPECT_EQ(run.verdict, Verdict::undecided);
  EXPECT_NE(run.reason.find("behind \"TLS with a certificate\""), std::string::npos) << run.reason;
  for (const auto& door : run.doors) {
    EXPECT_FALSE(door.accepts_everything);
    EXPECT_FALSE(door.changes_its_mind);
  }
}

TEST(Preludes, CommandsThatCameInClearAreFoundWhereTlsMakesThemTrusted) {
  auto policy =
      with_starttls(closed_but_for([](const auto& said) { return said.tls && said.helo.empty(); }));
  policy.require_helo = false;
  EXPECT_EQ(relaying(policy), Names{});
  policy.obeys_clear_behind_tls = true;
  EXPECT_EQ(relaying(policy), Names{"starttls-injection"});
}

TEST(Preludes, ObeyingCommandsThatCameInClearIsAWeaknessWithoutARelay) {
  auto policy = with_starttls(policy_of(testing_support::MailServer{}));
  EXPECT_EQ(weaknesses(policy), Names{});
  policy.obeys_clear_behind_tls = true;
  EXPECT_EQ(weaknesses(policy), Names{"RP4001"});
  policy.require_helo = false;
  EXPECT_EQ(weaknesses(policy), Names{"RP4001"});
}

TEST(Preludes, APermissionThatOutlivesTlsIsFound) {
  const auto in_clear = std::make_shared<bool>(false);
  auto policy =
      with_starttls(closed_but_for([in_clear](const auto& said) { return *in_clear && said.tls; }));
  const auto closed = policy.on_mail;
  policy.on_mail = [closed, in_clear](const auto& said, const auto& sender) {
    *in_clear = !said.tls;
    return closed(said, sender);
  };
  EXPECT_EQ(relaying(policy), Names{});
  policy.remembers_over_tls = true;
  EXPECT_EQ(relaying(policy), Names{"mail-before-tls"});
}

TEST(Preludes, RememberingOverTlsIsAWeaknessWithoutARelay) {
  auto policy = with_starttls(policy_of(testing_support::MailServer{}));
  policy.remembers_over_tls = true;
  EXPECT_EQ(weaknesses(policy), Names{"RP4003"});
}

TEST(Preludes, APermissionThatOutlivesResetIsFound) {
  const auto permitted = std::make_shared<bool>(false);
  auto policy = closed_but_for([permitted](const auto&) { return *permitted; });
  EXPECT_EQ(relaying(policy), Names{});
  const auto closed = policy.on_rcpt;
  // Only of the transaction that a session begins with, else the plain questions find it, too.
  const auto first = std::make_shared<bool>(true);
  policy.on_helo = [permitted, first](const auto&) {
    *permitted = false;
    *first = true;
    return mail::Reply{250, {"ok"}};
  };
  policy.on_rcpt = [=](const auto& said, const auto& recipient) {
    const auto reply = closed(said, recipient);
    *permitted = *permitted || (*first && reply.code == 250);
    *first = false;
    return reply;
  };
  EXPECT_EQ(relaying(policy), Names{"after-reset"});
}

TEST(Preludes, MailboxesThatCannotExistAreTakenForBackscatterOnlyAtHome) {
  testing_support::MailServer server;
  EXPECT_EQ(weaknesses(policy_of(server)), Names{});
  server.knows_its_users = false;
  EXPECT_EQ(weaknesses(policy_of(server)), Names{"RP4002"});
}

TEST(Preludes, AServiceBehindALoadBalancerThatAllCanReachIsFound) {
  FakeNetwork network;
  auto policy = closed_but_for([](const auto& said) {
    return claims(said, "PROXY TCP4 127.0.0.1") || claims(said, "\r\n\r\n");
  });
  const auto believing = policy;
  // Without a header it speaks as the others do, so that the plain questions are answered.
  network.hosts["mail.example.com"] = {"192.0.2.25"};
  network.exchangers["example.com"] = {{10, "mail.example.com"}};
  network.pointers["203.0.113.9"] = {"probe.club.example"};
  network.hosts["probe.club.example"] = {"203.0.113.9"};
  policy.expects_proxy = true;
  network.servers[{"192.0.2.25", 25}] = [believing, policy](std::size_t connection) {
    return connection < 2 ? believing : policy;
  };
  RunOptions options;
  options.target = {"mail.example.com", {}};
  options.follow_mx = true;
  for (const auto* name : {"null-sender", "proxy-loopback", "proxy-binary-loopback"}) {
    options.techniques.push_back(techniques::find(name));
  }
  int tokens = 0;
  options.token = [&tokens] { return "k" + std::to_string(++tokens); };
  net::Loop loop;
  auto plan = loop.run(prepare(network, options));
  const auto run = loop.run(execute(network, std::move(*plan)));
  Names names;
  for (const auto& outcome : run.doors.front().outcomes) {
    if (outcome.counts_as == CountsAs::relay) names.insert(outcome.technique);
  }
  EXPECT_EQ(names, (Names{"proxy-binary-loopback", "proxy-loopback"})) << run.reason;
}

}  // namespace
}  // namespace relayproof::probe
