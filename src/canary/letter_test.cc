#include "canary/letter.h"

#include <gtest/gtest.h>

namespace relayproof::canary {
namespace {

Letter letter() {
  return {.errand = {"192.0.2.25:25", "percent-hack"},
          .token = "6740a1c8-00112233445566ff-00112233445566778899aabbccddeeff",
          .from = "me@club.example",
          .to = "relayproof-x@canary.example",
          .our_name = "probe.club.example",
          .when = Time(std::chrono::hours(500000))};
}

TEST(Letter, IsReadAsItWasWritten) {
  const std::string text = write_letter(letter());
  const auto read = read_letter(text);
  EXPECT_EQ(read.token, letter().token);
  EXPECT_EQ(read.errand, letter().errand);
  EXPECT_FALSE(read.quoted);
  EXPECT_TRUE(read.received.empty());
  EXPECT_NE(text.find("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find("From: <me@club.example>\r\n"), std::string::npos) << text;
}

TEST(Letter, HasLinesThatEveryServerCarries) {
  Letter long_one = letter();
  long_one.errand.target = std::string(5000, 'x');
  const std::string text = write_letter(long_one);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find("\r\n", begin);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - begin, 998U);
    begin = end + 2;
  }
}

TEST(Letter, LetsNobodyAddAFieldOfHisOwn) {
  Letter odd = letter();
  odd.errand.target = "x\r\nBcc: victim@example.net\r\n\r\nbody";
  odd.from = "a@b\nBcc: c";
  const std::string text = write_letter(odd);
  EXPECT_EQ(text.find("\r\nBcc"), std::string::npos);
  EXPECT_EQ(text.find("\nBcc"), std::string::npos);
}

TEST(Letter, ShowsItsPathNewestFirst) {
  const auto read = read_letter(
      "Received: from isp.example ([198.51.100.9])\r\n\tby canary.example; later\r\n"
      "received: from probe (x [203.0.113.9]) by mail.example.com; earlier\r\n" +
      write_letter(letter()));
  ASSERT_EQ(read.received.size(), 2U);
  EXPECT_EQ(read.received[0], "from isp.example ([198.51.100.9]) by canary.example; later");
  EXPECT_EQ(read.received[1], "from probe (x [203.0.113.9]) by mail.example.com; earlier");
  EXPECT_EQ(read.token, letter().token);
}

TEST(Letter, ThatABounceReturnsIsQuoted) {
  const auto read = read_letter(
      "From: mailer-daemon@mail.example.com\r\nSubject: undeliverable\r\n\r\n"
      "--b\r\nContent-Type: message/rfc822\r\n\r\n" +
      write_letter(letter()));
  EXPECT_TRUE(read.quoted);
  EXPECT_EQ(read.token, letter().token);
  EXPECT_EQ(read.errand, letter().errand);
}

TEST(Letter, OfAStrangerHasNoToken) {
  for (const char* text : {"", "\r\n", "X-Relayproof-Token: no token\r\n\r\n", "no header at all",
                           ": \r\n", " folded into nothing\r\n"}) {
    EXPECT_EQ(read_letter(text).token, "") << text;
    EXPECT_FALSE(read_letter(text).quoted) << text;
  }
}

TEST(Letter, IsBoundedHoweverLongItsPath) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "Received: " + std::string(3000, 'x') + "\r\n";
  const auto read = read_letter(text);
  EXPECT_EQ(read.received.size(), most_hops);
  for (const auto& hop : read.received) EXPECT_LE(hop.size(), longest_hop);
}

}  // namespace
}  // namespace relayproof::canary
