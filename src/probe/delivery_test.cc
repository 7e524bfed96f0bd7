// Proof of delivery, end to end in memory: a server that delivers, delays, returns or drops what it
// takes, and the canary's own sink behind it.
#include "probe/delivery.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "canary/sink.h"
#include "net/loop.h"
#include "probe/question.h"
#include "probe/seen_as.h"
#include "support/fake_network.h"
#include "support/mail_servers.h"

namespace relayproof::probe {
namespace {

using testing_support::FakeNetwork;
using testing_support::MailServer;

const canary::Key key = canary::parse_key(std::string(64, 'a')).value();

struct Message {
  smtp::Transaction said;
  std::string content;
};

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    network.hosts["mail.example.com"] = {"192.0.2.25"};
    network.exchangers["example.com"] = {{10, "mail.example.com"}};
    network.pointers["203.0.113.9"] = {"probe.club.example"};
    network.hosts["probe.club.example"] = {"203.0.113.9"};
    network.exchangers["canary.example"] = {{10, "mx.canary.example"}};
    network.hosts["mx.canary.example"] = {"198.51.100.7"};
    options.target = {"mail.example.com", {}};
    options.follow_mx = true;
    options.techniques = standard_techniques();
    options.token = [this] { return "k" + std::to_string(++tokens); };
    options.canary = CanaryOptions{key, "proof@canary.example", {}, std::chrono::seconds(60)};
    put_canary(key);
  }

  void put_canary(const canary::Key& its_key) {
    sink = std::make_unique<canary::Sink>(
        canary::SinkOptions{.hostname = "mx.canary.example", .domains = {"canary.example"}},
        canary::Arrivals(its_key), network.clock(),
        [this](const canary::Arrival& arrival) { arrivals.push_back(arrival); });
    network.servers[{"198.51.100.7", 25}] = [this](std::size_t) {
      ++asked;
      while (asked > delay && !queue.empty()) {
        hand_over(queue.front());
        queue.erase(queue.begin());
      }
      return sink->policy_for(mail::IpAddress::parse("203.0.113.9").value());
    };
  }

  // What an MTA does: its Received field on top, a session of its own with the recipient's server.
  void hand_over(const Message& message) {
    smtp::Policy policy = sink->policy_for(leaves_by);
    smtp::Transaction said = message.said;
    said.helo = "mail.example.com";
    said.recipients.clear();
    for (const auto& recipient : message.said.recipients) {
      if (policy.on_rcpt(said, recipient).is_positive()) {
        said.recipients.push_back(recipient);
      } else if (!recipient.argument.ends_with("example.com>")) {
        misled.push_back(recipient.argument);
      }
    }
    policy.on_message(said, "Received: from probe.club.example (unknown [" + sees_us_as +
                                "])\r\n\tby mail.example.com; now\r\n" + message.content);
  }

  void put_server(bool relays, std::function<void(Message)> take, bool knows_its_users = true) {
    MailServer server;
    server.relays = relays;
    server.knows_its_users = knows_its_users;
    smtp::Policy policy = policy_of(server);
    policy.on_message = [take = std::move(take)](const smtp::Transaction& said,
                                                 std::string_view content) {
      take({said, std::string(content)});
      return mail::Reply{250, {"2.0.0 Ok: queued"}};
    };
    network.servers[{"192.0.2.25", 25}] = [policy](std::size_t) { return policy; };
  }

  probe::Run run() {
    net::Loop loop;
    auto plan = loop.run(prepare(network, options));
    EXPECT_TRUE(plan) << plan.error().message;
    return loop.run(execute(network, std::move(*plan)));
  }

  std::string why_not() {
    net::Loop loop;
    const auto plan = loop.run(prepare(network, options));
    return plan ? "" : plan.error().message;
  }

  FakeNetwork network;
  RunOptions options;
  std::unique_ptr<canary::Sink> sink;
  std::vector<canary::Arrival> arrivals;
  std::vector<Message> queue;
  mail::IpAddress leaves_by = mail::IpAddress::parse("192.0.2.25").value();
  std::string sees_us_as = "203.0.113.9";
  std::size_t delay = 0;            // connections to the canary until the queue is delivered
  std::size_t asked = 0;            // connections to the canary
  std::vector<std::string> misled;  // recipients that are neither the canary's nor the server's
  int tokens = 0;
};

std::size_t count(const DoorResult& door, OutcomeKind kind) {
  return static_cast<std::size_t>(
      std::count_if(door.outcomes.begin(), door.outcomes.end(),
                    [&](const Outcome& outcome) { return outcome.kind == kind; }));
}

TEST_F(DeliveryTest, AMessageThatComesDemonstratesARelay) {
  put_server(true, [this](const Message& message) { hand_over(message); });
  const auto result = run();
  EXPECT_EQ(result.verdict, Verdict::open) << result.reason;
  EXPECT_EQ(result.evidence, Evidence::demonstrated);
  const auto& door = result.doors.front();
  EXPECT_GE(count(door, OutcomeKind::delivered), 3U);
  EXPECT_LE(arrivals.size(), 12U) << "no more messages than agreed on";
  // A spelling that leads nowhere is nobody's.
  for (const auto& recipient : misled) {
    EXPECT_EQ(recipient.find("example.net"), std::string::npos) << recipient;
    EXPECT_EQ(recipient.find("example.org"), std::string::npos) << recipient;
  }
  for (const auto& arrival : arrivals) {
    EXPECT_EQ(arrival.kind, canary::Kind::proof);
    EXPECT_EQ(arrival.errand.target, "192.0.2.25:25");
  }
  const auto& first = door.outcomes.front();
  ASSERT_TRUE(first.arrival);
  EXPECT_EQ(first.phase, "delivered");
  EXPECT_EQ(first.counts_as, CountsAs::relay);
  EXPECT_EQ(first.arrival->helo, "mail.example.com");
  EXPECT_EQ(door.seen_as, "203.0.113.9");
}

TEST_F(DeliveryTest, WhatTakesAWhileIsWaitedFor) {
  delay = 4;
  put_server(true, [this](const Message& message) { queue.push_back(message); });
  const auto result = run();
  EXPECT_EQ(result.evidence, Evidence::demonstrated) << result.reason;
  EXPECT_GT(result.doors.front().waited, 0.5);
}

TEST_F(DeliveryTest, TheSmartHostAndAStrangeSourceAreSeen) {
  leaves_by = mail::IpAddress::parse("198.51.100.99").value();
  sees_us_as = "172.22.1.1";
  put_server(true, [this](const Message& message) { hand_over(message); });
  const auto result = run();
  EXPECT_EQ(result.doors.front().outcomes.front().arrival->from, leaves_by);
  EXPECT_EQ(result.doors.front().seen_as, "172.22.1.1");
}

TEST_F(DeliveryTest, WhatAcceptsAndDropsIsNeverOpen) {
  for (const bool knows_its_users : {true, false}) {
    std::size_t dropped = 0;
    put_server(
        true, [&](const Message&) { ++dropped; }, knows_its_users);
    const auto result = run();
    EXPECT_EQ(result.verdict, Verdict::undecided);
    EXPECT_EQ(result.evidence, Evidence::observed);
    EXPECT_NE(result.reason.find("accepts, and does not deliver"), std::string::npos)
        << result.reason;
    EXPECT_GT(dropped, 0U);
    EXPECT_LE(dropped, 12U);
    for (const auto& outcome : result.doors.front().outcomes) {
      EXPECT_NE(outcome.counts_as, CountsAs::relay) << outcome.technique;
    }
  }
}

TEST_F(DeliveryTest, ABounceIsNoDelivery) {
  put_server(true, [this](const Message& message) {
    Message bounce = message;
    bounce.content = "Subject: returned\r\n\r\n" + message.content;
    hand_over(bounce);
  });
  const auto result = run();
  EXPECT_EQ(result.verdict, Verdict::undecided) << result.reason;
  ASSERT_FALSE(arrivals.empty());
  EXPECT_EQ(arrivals.front().kind, canary::Kind::bounce);
}

TEST_F(DeliveryTest, ABounceForAMailboxThatCannotExistDemonstratesBackscatter) {
  put_server(
      false,
      [this](const Message& message) {
        Message bounce = message;
        bounce.said.recipients = {*message.said.sender};
        bounce.said.sender = smtp::parse_path("<>");
        bounce.content = "Subject: returned\r\n\r\n" + message.content;
        if (message.said.sender->argument == "<proof@canary.example>") hand_over(bounce);
      },
      false);
  const auto result = run();
  EXPECT_NE(result.verdict, Verdict::open) << result.reason;
  const auto& found = result.doors.front().weaknesses;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().code, "RP4002");
  EXPECT_EQ(found.front().evidence, Evidence::demonstrated);
  ASSERT_EQ(arrivals.size(), 1U);
  EXPECT_EQ(arrivals.front().kind, canary::Kind::bounce);
}

TEST_F(DeliveryTest, ACatchAllThatKeepsItsMailOnlyLooksLikeBackscatter) {
  std::size_t kept = 0;
  put_server(
      false, [&](const Message&) { ++kept; }, false);
  const auto result = run();
  EXPECT_NE(result.verdict, Verdict::open) << result.reason;
  EXPECT_GE(kept, 1U);
  EXPECT_LE(kept, 12U);
  const auto& found = result.doors.front().weaknesses;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().evidence, Evidence::observed);
}

TEST_F(DeliveryTest, ARefusalBehindTheDotIsARefusal) {
  MailServer server;
  server.relays = true;
  smtp::Policy policy = policy_of(server);
  policy.on_message = [](const smtp::Transaction&, std::string_view) {
    return mail::Reply{554, {"5.7.1 Relay access denied"}};
  };
  network.servers[{"192.0.2.25", 25}] = [policy](std::size_t) { return policy; };
  const auto result = run();
  EXPECT_NE(result.verdict, Verdict::open) << result.reason;
}

TEST_F(DeliveryTest, AClosedServerGetsNoMessage) {
  std::size_t taken = 0;
  put_server(false, [&](const Message&) { ++taken; });
  const auto result = run();
  EXPECT_EQ(result.verdict, Verdict::closed) << result.reason;
  EXPECT_EQ(taken, 0U);
  EXPECT_EQ(result.doors.front().waited, 0);
}

TEST_F(DeliveryTest, NothingIsSentWithoutACanaryThatHasOurKey) {
  std::size_t taken = 0;
  put_server(true, [&](const Message&) { ++taken; });
  put_canary(canary::parse_key(std::string(64, 'b')).value());
  EXPECT_NE(why_not().find("another key"), std::string::npos) << why_not();
  network.servers[{"198.51.100.7", 25}] = [](std::size_t) {
    return policy_of(MailServer{.domain = "canary.example"});
  };
  EXPECT_NE(why_not().find("no `relayproof canary` answers"), std::string::npos) << why_not();
  network.servers.erase({"198.51.100.7", 25});
  EXPECT_NE(why_not().find("no `relayproof canary` answers"), std::string::npos) << why_not();
  options.canary->address = "proof@nowhere.example";
  EXPECT_NE(why_not().find("no address"), std::string::npos) << why_not();
  EXPECT_EQ(taken, 0U);
}

TEST_F(DeliveryTest, NoBounceCanGoToAStranger) {
  EXPECT_TRUE(names_a_third_party("test@maps1.pa.vix.com"));
  for (const char* sender :
       {"<>", "<{from}>", "<test@{X}>", "<postmaster@{D}>", "<test@localhost>", "<test>",
        "<test@[127.0.0.1]>", "<test@localhost.localdomain>", "<test@{D}.>"}) {
    EXPECT_FALSE(names_a_third_party(sender)) << sender;
  }
  put_server(true, [this](const Message& message) { hand_over(message); });
  run();
  for (const auto& arrival : arrivals) {
    EXPECT_EQ(arrival.mail_from.find("vix.com"), std::string::npos) << arrival.mail_from;
  }
}

TEST(SeenInReceived, IsWhatTheServerSawAndNotWhatTheClientSaid) {
  struct Row {
    const char* field;
    const char* seen;
  };
  for (const auto& [field, seen] : {
           Row{"from probe.club.example (probe.club.example [203.0.113.9]) by mx (Postfix) with "
               "ESMTP id 1; x",
               "203.0.113.9"},
           Row{"from [203.0.113.9] (unknown [172.17.0.1]) by mx with ESMTP", "172.17.0.1"},
           Row{"from unknown ([172.17.0.1] helo=[203.0.113.9]) by mx with esmtp (Exim 4.96)",
               "172.17.0.1"},
           Row{"from [203.0.113.9] (helo=probe.club.example) by mx with esmtp", "203.0.113.9"},
           Row{"from x (x [IPv6:2001:db8:9::9]) by mx (OpenSMTPD) with ESMTP id 2",
               "2001:db8:9::9"},
           Row{"from x by mx [192.0.2.25] with ESMTP", ""},
           Row{"by mx with local", ""},
           Row{"", ""},
       }) {
    const auto address = seen_in_received(field);
    EXPECT_EQ(address ? address->to_string() : "", seen) << field;
  }
}

}  // namespace
}  // namespace relayproof::probe
