// Sessions side by side: what is found does not hang on which of them is quicker, and there are
// never more than were agreed on.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/loop.h"
#include "probe/run.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing_support::FakeNetwork;
using testing_support::MailServer;

net::Task<void> nothing() { co_return; }

// Others go first.
net::Task<void> let_pass(std::size_t turns) {
  for (std::size_t i = 0; i < turns; ++i) {
    std::vector<net::Task<void>> one;
    one.push_back(nothing());
    co_await net::all(std::move(one), 1);
  }
}

struct Count {
  std::size_t open = 0;
  std::size_t most = 0;
};

// Each answer takes as many turns as the connection was told to.
class Slow : public net::Stream {
 public:
  Slow(std::unique_ptr<net::Stream> stream, std::size_t turns, Count& count)
      : stream_(std::move(stream)), turns_(turns), count_(count) {
    count_.most = std::max(count_.most, ++count_.open);
  }
  ~Slow() override { --count_.open; }
  Slow(const Slow&) = delete;
  Slow& operator=(const Slow&) = delete;

  net::Task<net::ReadResult> read(net::TimePoint deadline) override {
    co_await let_pass(turns_);
    auto result = co_await stream_->read(deadline);
    co_return result;
  }
  net::Task<std::optional<net::IoFailure>> write(std::string bytes,
                                                 net::TimePoint deadline) override {
    return stream_->write(std::move(bytes), deadline);
  }
  net::Task<std::optional<net::IoFailure>> start_tls(net::Handshake how,
                                                     net::TimePoint deadline) override {
    return stream_->start_tls(std::move(how), deadline);
  }
  bool asks_for_certificate() const override { return stream_->asks_for_certificate(); }
  std::vector<std::string> certificate_names() const override {
    return stream_->certificate_names();
  }
  mail::IpAddress local_address() const override { return stream_->local_address(); }
  mail::IpAddress peer_address() const override { return stream_->peer_address(); }
  void close() override { stream_->close(); }

 private:
  std::unique_ptr<net::Stream> stream_;
  std::size_t turns_;
  Count& count_;
};

class SlowNetwork : public FakeNetwork {
 public:
  explicit SlowNetwork(std::size_t pace) : pace_(pace) {}

  net::Task<net::IoResult<std::unique_ptr<net::Stream>>> connect(
      net::Endpoint to, std::optional<mail::IpAddress> source, net::TimePoint deadline) override {
    const std::size_t turns = 1 + ++connections_ * pace_ % 5;
    auto stream = co_await FakeNetwork::connect(to, source, deadline);
    if (!stream) co_return tl::unexpected(stream.error());
    co_return std::make_unique<Slow>(std::move(*stream), turns, count);
  }

  Count count;

 private:
  std::size_t pace_;
  std::size_t connections_ = 0;
};

struct Found {
  Verdict verdict = Verdict::undecided;
  std::map<std::string, std::pair<OutcomeKind, std::optional<CountsAs>>> by_technique;
  bool operator==(const Found&) const = default;
};

Found ask(FakeNetwork& network, const std::string& greeting, MailServer server) {
  smtp::Policy policy = policy_of(server);
  policy.greeting = mail::Reply{220, {greeting}};
  policy.extensions.emplace_back("STARTTLS");
  if (greeting.find("OpenSMTPD") != std::string::npos) policy.extensions.clear();
  network.servers[{"192.0.2.25", 25}] = [policy](std::size_t) { return policy; };
  RunOptions options;
  options.target = {"192.0.2.25", 25};
  options.ports = {25};
  options.domains = {"example.com"};
  options.from = "me@club.example";
  options.techniques = standard_techniques();
  int tokens = 0;
  options.token = [&tokens] { return "k" + std::to_string(++tokens); };
  net::Loop loop;
  auto plan = loop.run(prepare(network, options));
  EXPECT_TRUE(plan) << plan.error().message;
  const auto run = loop.run(execute(network, std::move(*plan)));
  Found found{run.verdict, {}};
  for (const auto& outcome : run.doors.front().outcomes) {
    if (outcome.kind == OutcomeKind::not_run) continue;
    found.by_technique[outcome.technique] = {outcome.kind, outcome.counts_as};
  }
  return found;
}

const char* const greetings[] = {"mail.example.com ESMTP Postfix",
                                 "mail.example.com ESMTP Exim 4.96",
                                 "mail.example.com ESMTP Sendmail 8.17.1.9/8.17.1",
                                 "mail.example.com ESMTP OpenSMTPD", "mail.example.com ESMTP"};

TEST(SideBySide, TheSameIsFoundWhoeverIsQuicker) {
  for (const char* greeting : greetings) {
    for (const MailServer& server :
         {MailServer{}, MailServer{.relays = true}, MailServer{.percent_router = true},
          MailServer{.refused_senders = {"<>"}}}) {
      FakeNetwork in_order;
      const Found expected = ask(in_order, greeting, server);
      EXPECT_GT(expected.by_technique.size(), 40U) << greeting;
      for (const std::size_t pace : {0U, 1U, 2U, 3U}) {
        SlowNetwork network(pace);
        EXPECT_EQ(ask(network, greeting, server), expected) << greeting << ", " << pace;
        EXPECT_LE(network.count.most, 4U);
      }
    }
  }
}

TEST(SideBySide, AKnownServerIsAskedInFewerConnections) {
  std::map<std::string, std::size_t> connections;
  for (const char* greeting : greetings) {
    SlowNetwork network(1);
    ask(network, greeting, MailServer{});
    connections[greeting] = network.connections[{"192.0.2.25", 25}];
  }
  const std::size_t unknown = connections["mail.example.com ESMTP"];
  for (const auto& [greeting, number] : connections) EXPECT_LE(number, unknown) << greeting;
  // Debian's Sendmail takes ten in a minute.
  EXPECT_LE(connections["mail.example.com ESMTP Sendmail 8.17.1.9/8.17.1"], 8U);
}

TEST(SideBySide, TheDoorBehindStarttlsIsAskedBesideTheFirst) {
  SlowNetwork network(1);
  ask(network, "mail.example.com ESMTP Postfix", MailServer{});
  EXPECT_EQ(network.count.most, 4U);
}

}  // namespace
}  // namespace relayproof::probe
