#include <gtest/gtest.h>

#include "report/render.h"

namespace relayproof::report {
namespace {

probe::DoorResult door_at(std::string_view address, std::uint16_t port, mail::TlsMode tls) {
  probe::DoorResult door;
  door.target = {"mail.example", *mail::IpAddress::parse(address), port, tls};
  door.extensions = {"PIPELINING"};
  return door;
}

probe::Outcome asked(const std::string& mail_from, const std::string& rcpt_to) {
  probe::Outcome outcome;
  outcome.attempt = {"me.example", mail_from, rcpt_to};
  return outcome;
}

TEST(ByHand, NamesTheDoor) {
  struct Case {
    std::string_view address;
    std::uint16_t port;
    mail::TlsMode tls;
    std::string swaks;
    std::string connection;
  };
  const Case cases[] = {
      {"192.0.2.1", 25, mail::TlsMode::none, "swaks --server 192.0.2.1 --helo",
       "| nc 192.0.2.1 25"},
      {"2001:db8::1", 2525, mail::TlsMode::none, "swaks -6 --server 2001:db8::1 --port 2525 --helo",
       "| nc 2001:db8::1 2525"},
      {"192.0.2.1", 25, mail::TlsMode::starttls, "swaks --server 192.0.2.1 -tls --helo",
       "| openssl s_client -quiet -verify_quiet -starttls smtp -name me.example -connect "
       "192.0.2.1:25"},
      {"2001:db8::1", 465, mail::TlsMode::implicit,
       "swaks -6 --server 2001:db8::1 --port 465 -tlsc --helo",
       "| openssl s_client -quiet -verify_quiet -connect '[2001:db8::1]:465'"}};
  for (const Case& each : cases) {
    const ByHand lines =
        by_hand(door_at(each.address, each.port, each.tls), asked("<>", "<a@example.net>"));
    EXPECT_TRUE(lines.swaks.starts_with(each.swaks)) << lines.swaks;
    EXPECT_TRUE(lines.nc.ends_with(each.connection)) << lines.nc;
  }
}

TEST(ByHand, AsksWithSwaksWhatSwaksCanSay) {
  struct Case {
    std::string mail_from;
    std::string rcpt_to;
    std::string swaks;  // behind --helo me.example; empty: it cannot be said
    bool exact;
  };
  const Case cases[] = {
      {"<>", "<a@b>", "--from '<>' --to a@b", true},
      {"<s@h>", "<\"a@b\"@[192.0.2.1]>", "--from s@h --to '\"a@b\"@[192.0.2.1]'", true},
      {"<s@h>", "<b!a>", "--from s@h --to 'b!a'", true},
      {"<it's@h>", "<@h:a@b>", "--from 'it'\\''s@h' --to @h:a@b", true},
      {"s@h", "a@b", "--from s@h --to a@b", false},
      {"<>", " <a@b>", "--from '<>' --to a@b", false},
      {"<>", "<@h,@x:a@b>", "", false},  // --to separates at commas
      {"<>", "<a@b", "", false},
      {"<>", "a@b>, <c@d>", "", false},
      {"<>", "<-a@b>", "", false},  // taken for an option
      {"<>", "<>", "", false},      // prompts for a recipient
      {"<>", "<\xC3\xA4@b>", "", false}};
  for (const Case& each : cases) {
    const ByHand lines =
        by_hand(door_at("192.0.2.1", 25, mail::TlsMode::none), asked(each.mail_from, each.rcpt_to));
    EXPECT_EQ(lines.swaks, each.swaks.empty() ? ""
                                              : "swaks --server 192.0.2.1 --helo me.example " +
                                                    each.swaks + " --quit-after RCPT");
    EXPECT_EQ(lines.swaks_exact, each.exact) << each.rcpt_to;
  }
}

TEST(ByHand, SendsTheVeryBytesWithNc) {
  const auto door = door_at("192.0.2.1", 25, mail::TlsMode::none);
  EXPECT_EQ(by_hand(door, asked("<it's@h>", "<a%b@c>")).nc,
            "(sleep 2; for c in 'EHLO me.example' 'MAIL FROM:<it'\\''s@h>' 'RCPT TO:<a%b@c>' QUIT; "
            "do printf '%s\\r\\n' \"$c\"; sleep 1; done) | nc 192.0.2.1 25");
  EXPECT_EQ(by_hand(door, asked("<>", "<a\\\t\xFF@c>")).nc,
            "(sleep 2; for c in 'EHLO me.example' 'MAIL FROM:<>' 'RCPT TO:<a\\\\\\0011\\0377@c>' "
            "QUIT; do printf '%b\\r\\n' \"$c\"; sleep 1; done) | nc 192.0.2.1 25");
}

TEST(ByHand, WaitsForServersThatTakeTheirTime) {
  auto door = door_at("192.0.2.1", 25, mail::TlsMode::none);
  door.seconds = 6.2;
  door.round_trips = 4;
  const std::string nc = by_hand(door, asked("<>", "<a@b>")).nc;
  EXPECT_TRUE(nc.starts_with("(sleep 7; ")) << nc;
  EXPECT_NE(nc.find("; sleep 3; done)"), std::string::npos) << nc;
}

TEST(ByHand, HangsUpBeforeAnyContentWhereTheAttemptWentToData) {
  auto outcome = asked("<>", "<a@b>");
  outcome.phase = "data";
  const ByHand lines = by_hand(door_at("192.0.2.1", 25, mail::TlsMode::none), outcome);
  EXPECT_TRUE(lines.swaks.ends_with(" --to a@b --drop-after DATA")) << lines.swaks;
  EXPECT_NE(lines.nc.find("'RCPT TO:<a@b>' DATA; do"), std::string::npos) << lines.nc;
  EXPECT_TRUE(lines.nc.ends_with("| timeout 7 nc 192.0.2.1 25")) << lines.nc;
}

}  // namespace
}  // namespace relayproof::report
