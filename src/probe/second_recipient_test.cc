// A server that checks the first recipient of a message only, and one that checks each.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "net/loop.h"
#include "probe/run.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing_support::FakeNetwork;

std::set<std::string> relaying(bool checks_the_first_only, bool pipelining,
                               std::vector<std::string> refused_senders = {}) {
  smtp::Policy policy =
      policy_of(testing_support::MailServer{.refused_senders = std::move(refused_senders)});
  if (!pipelining) policy.extensions.clear();
  policy.on_rcpt = [rcpt = policy.on_rcpt, checks_the_first_only](const smtp::Transaction& said,
                                                                  const smtp::Path& recipient) {
    const bool checked = said.recipients.empty() || !checks_the_first_only;
    return checked ? rcpt(said, recipient) : mail::Reply{250, {"2.1.5 Ok"}};
  };
  FakeNetwork network;
  network.servers[{"192.0.2.25", 25}] = [policy](std::size_t) { return policy; };
  RunOptions options;
  options.target = {"192.0.2.25", {}};
  options.domains = {"example.com"};
  options.from = "me@club.example";
  options.techniques = standard_techniques();
  int tokens = 0;
  options.token = [&tokens] { return "k" + std::to_string(++tokens); };
  net::Loop loop;
  auto plan = loop.run(prepare(network, options));
  EXPECT_TRUE(plan) << plan.error().message;
  const auto run = loop.run(execute(network, std::move(*plan)));
  std::set<std::string> names;
  for (const auto& outcome : run.doors.front().outcomes) {
    if (outcome.counts_as == CountsAs::relay) names.insert(outcome.technique);
  }
  EXPECT_EQ(run.verdict, names.empty() ? Verdict::closed : Verdict::open) << run.reason;
  return names;
}

using Names = std::set<std::string>;

TEST(SecondRecipient, IsFoundWhereOnlyTheFirstIsChecked) {
  for (const bool pipelining : {true, false}) {
    EXPECT_EQ(relaying(true, pipelining), Names{"second-recipient"}) << pipelining;
    EXPECT_EQ(relaying(false, pipelining), Names{}) << pipelining;
  }
}

TEST(SecondRecipient, IsAskedWithAnotherSenderWhereOneIsRefused) {
  EXPECT_EQ(relaying(true, true, {"<>"}), Names{"second-recipient"});
}

}  // namespace
}  // namespace relayproof::probe
