#include "probe/many.h"

#include <gtest/gtest.h>

#include <set>

#include "net/loop.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing_support::FakeNetwork;
using testing_support::MailServer;

class ListQueue : public WorkQueue {
 public:
  explicit ListQueue(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {}
  std::optional<Work> next() override {
    if (given_ == hosts_.size()) return std::nullopt;
    const std::uint64_t number = given_++;
    return Work{{hosts_[number], {}}, number};
  }
  std::uint64_t size() const override { return hosts_.size(); }
  std::size_t given() const { return given_; }

 private:
  std::vector<std::string> hosts_;
  std::size_t given_ = 0;
};

class ListSink : public ResultSink {
 public:
  Result<bool> take(const Work& work, Result<Run> run) override {
    if (results.size() == fails_after) return failure("the disk is full");
    results.emplace_back(work.target.host, run ? std::string(to_string(run->verdict))
                                               : "error: " + run.error().message);
    return true;
  }
  std::vector<std::pair<std::string, std::string>> results;
  std::size_t fails_after = 1000;
};

class ManyTest : public testing::Test {
 protected:
  ManyTest() {
    options.techniques = {techniques::find("null-sender")};
    options.domains = {"example.com"};
    options.ports = {25};
    options.token = [this] { return "k" + std::to_string(++tokens); };
    for (int i = 1; i <= 9; ++i) {
      const std::string host = "192.0.2." + std::to_string(i);
      const bool open = i == 3;
      network.servers[{host, 25}] = [open](std::size_t) {
        return policy_of(MailServer{.relays = open});
      };
      hosts.push_back(host);
    }
  }

  Result<bool> ask(WorkQueue& queue) {
    net::Loop loop;
    return loop.run(ask_many(network, options, queue, sink, pace, {}));
  }

  FakeNetwork network;
  RunOptions options;
  ListSink sink;
  Pace pace;
  std::vector<std::string> hosts;
  int tokens = 0;
};

TEST_F(ManyTest, EveryTargetIsAskedOnceAndToldOf) {
  hosts.emplace_back("nowhere.example");
  ListQueue queue(hosts);
  ASSERT_TRUE(ask(queue));
  std::set<std::string> told;
  for (const auto& [host, verdict] : sink.results) {
    EXPECT_TRUE(told.insert(host).second) << host;
    EXPECT_EQ(verdict.substr(0, 6), host == "192.0.2.3"         ? "open"
                                    : host == "nowhere.example" ? "error:"
                                                                : "closed")
        << host;
  }
  EXPECT_EQ(told.size(), 10U);
}

TEST_F(ManyTest, NothingIsAskedThatCannotBeKept) {
  sink.fails_after = 2;
  pace.at_a_time = 1;
  ListQueue queue(hosts);
  const auto done = ask(queue);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "the disk is full");
  EXPECT_EQ(queue.given(), 3U);
}

TEST_F(ManyTest, ThePaceIsKept) {
  pace.a_second = 2;
  const auto start = network.clock().now();
  ListQueue queue(hosts);
  ASSERT_TRUE(ask(queue));
  EXPECT_GE(network.clock().now() - start, std::chrono::seconds(4));
}

TEST_F(ManyTest, OneNetworkIsNotAskedMoreThanItShouldBeAtATime) {
  std::size_t announced = 0;
  std::size_t most = 0;
  pace.at_a_time = 9;
  pace.per_network = 1;
  ListQueue queue(hosts);
  net::Loop loop;
  const auto done = loop.run(ask_many(network, options, queue, sink, pace, [&](const Plan&) {
    ++announced;
    most = std::max(most, announced - sink.results.size());
  }));
  ASSERT_TRUE(done);
  EXPECT_EQ(most, 1U);
  EXPECT_EQ(sink.results.size(), 9U);
}

}  // namespace
}  // namespace relayproof::probe
