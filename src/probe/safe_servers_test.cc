// No safe server is called open, whatever it says on the way; and what is open is not hidden by it.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/loop.h"
#include "probe/run.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing_support::FakeNetwork;
using testing_support::FakeServer;
using testing_support::MailServer;

using Verdicts = std::set<Verdict>;
const Verdicts closed{Verdict::closed};
const Verdicts undecided{Verdict::undecided};
const Verdicts not_open{Verdict::closed, Verdict::undecided};
const Verdicts open{Verdict::open};

struct Case {
  const char* what;
  FakeServer server;
  Verdicts right;
  bool data_phase = false;
  std::size_t repeat = 1;
};

FakeServer always(smtp::Policy policy) {
  return [policy = std::move(policy)](std::size_t) { return policy; };
}

smtp::Policy server(bool relays, bool knows_its_users = true) {
  return policy_of(MailServer{.relays = relays, .knows_its_users = knows_its_users});
}

// A closed server that says this in place of its refusal to relay.
FakeServer refuses_with(mail::Reply reply) {
  return always(policy_of(MailServer{.no_relay = std::move(reply)}));
}

FakeServer says_to_all_recipients(mail::Reply reply) {
  smtp::Policy policy = server(false);
  policy.on_rcpt = [reply = std::move(reply)](const smtp::Transaction&, const smtp::Path&) {
    return reply;
  };
  return always(std::move(policy));
}

// Replaces the answer to each recipient that `is_outside` picks.
smtp::Policy with_rcpt(
    smtp::Policy policy,
    std::function<mail::Reply(const smtp::Path& recipient, mail::Reply usual)> change) {
  policy.on_rcpt = [rcpt = policy.on_rcpt, change = std::move(change)](
                       const smtp::Transaction& said, const smtp::Path& recipient) {
    return change(recipient, rcpt(said, recipient));
  };
  return policy;
}

FakeServer greets(const char* words, smtp::Policy policy) {
  policy.greeting = mail::Reply{220, {words}};
  return always(std::move(policy));
}

// Every n-th connection reaches the other server.
FakeServer balanced(smtp::Policy usual, smtp::Policy other, std::size_t n) {
  return [usual = std::move(usual), other = std::move(other), n](std::size_t connection) {
    return connection % n == 0 ? other : usual;
  };
}

// Takes the first recipients of all, whoever they are, and then behaves.
FakeServer takes_the_first(std::size_t count) {
  auto left = std::make_shared<std::size_t>(count);
  return always(with_rcpt(server(false), [left](const smtp::Path&, mail::Reply usual) {
    if (*left == 0) return usual;
    --*left;
    return mail::Reply{250, {"2.1.5 Ok"}};
  }));
}

// The first sight of a recipient is put off, the second answered.
FakeServer greylists_each_recipient_once() {
  auto seen = std::make_shared<std::set<std::string>>();
  return always(with_rcpt(server(false), [seen](const smtp::Path& path, mail::Reply usual) {
    const bool again = !seen->insert(path.argument).second;
    return again ? usual : mail::Reply{451, {"4.7.1 Greylisted, try again later"}};
  }));
}

smtp::Policy refusing_at_data(int code, const char* words) {
  smtp::Policy policy = server(true);
  policy.on_data = [code, words](const smtp::Transaction&) { return mail::Reply{code, {words}}; };
  return policy;
}

std::vector<Case> cases() {
  const mail::Reply relay_refused{554, {"5.7.1 Relay access denied"}};
  return {
      {"closed", always(server(false)), closed},
      {"open", always(server(true)), open},
      {"a catch-all domain", always(server(false, false)), not_open},
      {"no validation of recipients, and a refusal to relay", refuses_with(relay_refused), closed},
      {"takes everything", always(server(true, false)), undecided},
      {"Mailpit", greets("mail.example.com Mailpit ESMTP Service ready", server(true, false)),
       undecided},
      {"MailHog", greets("mailhog.example ESMTP MailHog", server(true, false)), undecided},
      {"greylists everybody",
       says_to_all_recipients({451, {"4.7.1 Greylisting in action, please come back later"}}),
       undecided},
      {"greylists each recipient once", greylists_each_recipient_once(), not_open},
      {"lists us",
       says_to_all_recipients(
           {554,
            {"5.7.1 Service unavailable; Client host [203.0.113.9] blocked using bl.example"}}),
       undecided},
      {"refuses at DATA, asked to RCPT", always(refusing_at_data(554, "5.7.1 Relay access denied")),
       open},
      {"refuses at DATA, asked to DATA", always(refusing_at_data(554, "5.7.1 Relay access denied")),
       not_open, true},
      {"puts off at DATA, asked to DATA", always(refusing_at_data(451, "4.3.0 Later")), not_open,
       true},
      {"takes the first 20 recipients, whoever they are", takes_the_first(20), not_open},
      {"takes the first 3 recipients, whoever they are", takes_the_first(3), not_open},
      {"251 to outside", refuses_with({251, {"2.1.5 User not local; will forward"}}), open},
      {"252 to outside", refuses_with({252, {"2.1.5 Cannot verify, will take it"}}), open},
      {"551 with a way to go", refuses_with({551, {"5.1.6 User not local; please try <x@y>"}}),
       closed},
      {"450 to outside", refuses_with({450, {"4.2.0 Mailbox busy"}}), undecided},
      {"454 in words of relaying", refuses_with({454, {"4.7.1 Relay access denied"}}), closed},
      {"454 in words of TLS", refuses_with({454, {"4.7.0 TLS not available"}}), not_open},
      {"550 with a yes in its text", refuses_with({550, {"5.7.1 250 Ok: Relaying denied"}}),
       closed},
      {"550 with 2.1.5 for its enhanced code", refuses_with({550, {"2.1.5 Relaying denied"}}),
       closed},
      {"250 in the first line of a refusal",
       refuses_with({550, {"250 2.1.5 Ok", "5.7.1 Relaying denied"}}), closed},
      {"550 without a word", refuses_with({550, {}}), not_open},
      {"554 that blames spam", refuses_with({554, {"5.7.1 Message rejected as spam"}}), not_open},
      {"a 354 to RCPT", refuses_with({354, {"go ahead"}}), not_open},
      {"two servers, one takes everything", balanced(server(false), server(true, false), 2),
       not_open},
      {"three servers, one takes everything", balanced(server(false), server(true, false), 3),
       not_open},
      {"two servers, the first takes everything", balanced(server(true, false), server(false), 2),
       not_open},
      {"one of 40 servers is open, asked ten times", balanced(server(false), server(true), 40),
       open, false, 10},
  };
}

probe::Run run(const Case& one) {
  FakeNetwork network;
  network.hosts["mail.example.com"] = {"192.0.2.25"};
  network.exchangers["example.com"] = {{10, "mail.example.com"}};
  network.pointers["203.0.113.9"] = {"probe.club.example"};
  network.hosts["probe.club.example"] = {"203.0.113.9"};
  network.servers[{"192.0.2.25", 25}] = one.server;
  RunOptions options;
  options.target = {"mail.example.com", {}};
  options.follow_mx = true;
  options.techniques = standard_techniques();
  options.data_phase = one.data_phase;
  options.repeat = one.repeat;
  int tokens = 0;
  options.token = [&tokens] { return "k" + std::to_string(++tokens); };
  net::Loop loop;
  auto plan = loop.run(prepare(network, options));
  EXPECT_TRUE(plan) << plan.error().message;
  return loop.run(execute(network, std::move(*plan)));
}

TEST(SafeServers, AreNotCalledOpenAndOpenOnesAreNotHidden) {
  for (const auto& one : cases()) {
    const auto result = run(one);
    EXPECT_TRUE(one.right.contains(result.verdict))
        << one.what << ": " << to_string(result.verdict) << ", " << result.reason;
  }
}

TEST(SafeServers, ThatAreSinksForTestsAreNamedSo) {
  for (const auto& one : cases()) {
    const std::string what = one.what;
    if (what != "Mailpit" && what != "MailHog") continue;
    const auto result = run(one);
    EXPECT_EQ(result.doors.front().software, Software::sink);
    EXPECT_NE(result.reason.find("sinks for tests"), std::string::npos) << result.reason;
  }
}

}  // namespace
}  // namespace relayproof::probe
