#include "cli/fronts.h"

#include <gtest/gtest.h>

namespace relayproof::cli {
namespace {

mail::IpAddress address(const char* text) { return *mail::IpAddress::parse(text); }

Listening socket(const char* at, std::uint16_t port, const char* name, const char* command) {
  return {address(at), port, 7, name, command, false};
}

struct Case {
  const char* name;
  Listening socket;
  std::string expected;  // `ADDRESS:PORT`; empty: no front
};

const std::vector<mail::IpAddress> own = {address("127.0.0.1"), address("::1"),
                                          address("192.0.2.25")};

TEST(Fronts, AreRecognisedByTheirOwnCommandLine) {
  const Case cases[] = {
      {"socat", socket("::", 25, "socat", "socat TCP6-LISTEN:25,fork TCP4:127.0.0.1:25"),
       "127.0.0.1:25"},
      {"to another port", socket("0.0.0.0", 25, "redir", "redir :25 127.0.0.1:2500"),
       "127.0.0.1:2500"},
      {"over IPv6", socket("0.0.0.0", 587, "socat", "socat TCP4-LISTEN:587 TCP6:[::1]:587"),
       "::1:587"},
      {"to the machine's own address", socket("::", 25, "proxy", "proxy [::]:25 192.0.2.25:25"),
       "192.0.2.25:25"},
      {"a program that sends mail itself", socket("::", 3000, "app", "app --smtp 127.0.0.1:25"),
       ""},
      {"its own place", socket("192.0.2.25", 25, "smtpd", "smtpd --listen 192.0.2.25:25"), ""},
      {"another machine", socket("::", 25, "socat", "socat TCP6-LISTEN:25 TCP4:198.51.100.7:25"),
       ""},
      {"an address that only ends alike",
       socket("::", 25, "socat", "socat TCP6-LISTEN:25 TCP4:8127.0.0.1:25 1.127.0.0.1:25"), ""},
      {"no port", socket("::", 25, "socat", "socat TCP4:127.0.0.1: 127.0.0.1:x 127.0.0.1:0"), ""},
      {"a port too large", socket("::", 25, "socat", "socat TCP4:127.0.0.1:99999"), ""},
      {"the server itself", socket("0.0.0.0", 25, "master", "/usr/lib/postfix 127.0.0.1:25"), ""},
      {"on loopback", socket("127.0.0.1", 2525, "socat", "socat x 127.0.0.1:25"), ""},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto found = fronts_of({one.socket}, own);
    EXPECT_EQ(found.empty() ? "" : found[0].to.to_string() + ":" + std::to_string(found[0].to_port),
              one.expected);
  }
}

TEST(Fronts, SocketsThatTakeIpv6OnlyAreThoseThatSsShowsInBrackets) {
  EXPECT_EQ(v6_only_ports("LISTEN 0 128 [::]:25 [::]:*\nLISTEN 0 128 *:587 *:*\n"
                          "LISTEN 0 5 [::1]:465 [::]:*\nLISTEN 0 5 [::]:x [::]:*\nESTAB 0 5 "
                          "[::]:80 [::]:*\n\nLISTEN\n"),
            std::set<std::uint16_t>{25});
}

TEST(Fronts, TakeWhomTheirSocketTakes) {
  const auto six = socket("::", 25, "socat", "socat x TCP4:127.0.0.1:25");
  EXPECT_EQ(fronts_of({six}, own).at(0).clients, mail::IpSet::all());
  auto alone = six;
  alone.v6_only = true;
  EXPECT_EQ(fronts_of({alone}, own).at(0).clients, mail::IpSet::all_v6());
  const auto four = socket("0.0.0.0", 25, "master", "");
  EXPECT_EQ(fronts_of({six, four}, own).at(0).clients, mail::IpSet::all_v6());
}

TEST(Fronts, BecomeDoorsAtWhichEverybodyIsThisMachine) {
  policy::Policy policy;
  policy.listeners.emplace_back();
  policy.listeners[0].addresses = {"127.0.0.1"};
  policy.doors.emplace_back();
  policy.doors[0].clients = mail::loopback();
  add_fronts(fronts_of({socket("192.0.2.25", 25, "socat\x1b", "socat x TCP4:127.0.0.1:25")}, own),
             policy);
  ASSERT_EQ(policy.doors.size(), 2U);
  const auto& door = policy.doors[1];
  EXPECT_EQ(policy.listeners.at(door.listener).addresses, std::vector<std::string>{"192.0.2.25"});
  ASSERT_EQ(door.seen.size(), 1U);
  EXPECT_EQ(door.seen[0].as, address("127.0.0.1"));
  EXPECT_EQ(door.seen[0].how.find('\x1b'), std::string::npos);
  EXPECT_TRUE(door.clients.contains(address("203.0.113.9")));
  policy.doors.resize(1);
  policy.doors[0].may_claim = mail::loopback();
  add_fronts(fronts_of({socket("::", 25, "haproxy", "haproxy x 127.0.0.1:25")}, own), policy);
  ASSERT_EQ(policy.doors.size(), 2U);
  EXPECT_TRUE(policy.doors[1].seen.empty());
  EXPECT_TRUE(policy.doors[1].may_claim.empty());
  add_fronts(fronts_of({socket("::", 587, "socat", "socat x TCP4:127.0.0.1:587")}, own), policy);
  EXPECT_EQ(policy.doors.size(), 2U);
}

}  // namespace
}  // namespace relayproof::cli
