#include "probe/seen_as.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

const mail::IpAddress server = *mail::IpAddress::parse("192.0.2.25");

std::string seen(const std::string& text, std::string_view helo = "probe.example.net") {
  const auto address = seen_as({text}, helo, server);
  return address ? address->to_string() : "-";
}

TEST(SeenAs, IsReadFromWhatServersSay) {
  const std::vector<std::pair<std::string, std::string_view>> texts{
      // OpenSMTPD and Sendmail, Exim, Exchange, Gmail
      {"mx.example.com Hello probe.example.net [203.0.113.9], pleased to meet you", "203.0.113.9"},
      {"mx.example.com Hello probe.example.net [IPv6:2001:db8:1::9], pleased to meet you",
       "2001:db8:1::9"},
      {"mx.example.com Hello ann@probe.example.net [203.0.113.9] (may be forged), pleased",
       "203.0.113.9"},
      {"mx.example.com Hello probe.example.net [2001:db8:1::9]", "2001:db8:1::9"},
      {"mx.example.com Hello probe.example.net ([IPv6:2001:db8:1::9])", "2001:db8:1::9"},
      {"mx.example.com Hello probe.example.net (203.0.113.9)", "203.0.113.9"},
      {"Hello [203.0.113.9]", "203.0.113.9"},
      {"mx.example.com Hello x [::ffff:203.0.113.9]", "203.0.113.9"},
      {"mx.example.com Hello x [2001:db8::]", "2001:db8::"},
      {"mx.google.com at your service, [203.0.113.9]", "203.0.113.9"},
      // refusals
      {"5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.spamhaus.org",
       "203.0.113.9"},
      {"5.7.1 Service unavailable; client [203.0.113.9] blocked using zen.spamhaus.org",
       "203.0.113.9"},
      {"4.7.25 Client host rejected: cannot find your hostname, [203.0.113.9]", "203.0.113.9"},
      {"5.7.0 Error: access denied for unknown[203.0.113.9]", "203.0.113.9"},
      {"NOQUEUE: reject: RCPT from unknown[172.22.1.1]: 550 5.1.1", "172.22.1.1"},
      {"4.7.0 mx.example.com Error: too many connections from 203.0.113.9", "203.0.113.9"},
      {"5.7.1 <r@example.net>... Relaying denied. IP name lookup failed [203.0.113.9]",
       "203.0.113.9"},
      {"rejected because 203.0.113.9 is in a black list at zen.example.net", "203.0.113.9"},
      {"5.7.1 Unfortunately, messages from [203.0.113.9] weren't sent.", "203.0.113.9"},
      // Something in front hides us: the server greets its own address, or loopback.
      {"mx.example.com Hello probe.example.net [192.0.2.25]", "192.0.2.25"},
      {"mx.example.com Hello probe.example.net [127.0.0.1], pleased to meet you", "127.0.0.1"},
  };
  for (const auto& [text, address] : texts) EXPECT_EQ(seen(text), address) << text;
}

TEST(SeenAs, IsNothingWhereNothingIsSaid) {
  for (const std::string text :
       {"", "mx.example.com", "[192.0.2.25] ESMTP Postfix",
        "mx.example.com ESMTP Sendmail 8.17.1.9", "hello Sendmail 8.17.1.9 there",
        "[192.0.2.25] Hello probe.example.net",
        "mx.example.com Hello probe.example.net [not an address]",
        "5.1.7 mail from <test@[203.0.113.9]> refused", "mail from [192.0.2.25] refused",
        "501 <test@[192.0.2.25]>: domain literals not allowed", "Hello", "Hello [",
        "Hello [IPv6:", "Hello []", "Hello ()"}) {
    EXPECT_EQ(seen(text), "-") << text;
  }
}

TEST(SeenAs, DoesNotTakeTheEchoOfOurHeloForEvidence) {
  const std::string own = "[203.0.113.9]";
  EXPECT_EQ(seen("mx Hello [203.0.113.9], pleased to meet you", own), "-");
  EXPECT_EQ(seen("mx Hello [203.0.113.9] [203.0.113.9], pleased to meet you", own), "203.0.113.9");
  EXPECT_EQ(seen("mx Hello [203.0.113.9] [172.22.1.1], pleased to meet you", own), "172.22.1.1");
  EXPECT_EQ(seen("mx Hello [192.0.2.25] [203.0.113.9]", "[192.0.2.25]"), "203.0.113.9");
  EXPECT_EQ(seen("mx Hello [192.0.2.25]", "[192.0.2.25]"), "-");
  EXPECT_EQ(seen("mx Hello [IPv6:2001:db8::9]", "[IPv6:2001:db8::9]"), "-");
  EXPECT_EQ(seen("mx Hello [2001:db8::9] [2001:db8::9]", "[IPv6:2001:db8::9]"), "2001:db8::9");
}

TEST(SeenAs, TheFirstTextThatSaysSoDecides) {
  const auto address =
      seen_as({"mx ESMTP", "mx Hello x [203.0.113.9]", "from [203.0.113.8]"}, "x", server);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->to_string(), "203.0.113.9");
}

TEST(SeenAs, ReadsAWholeSession) {
  smtp::Record record;
  record.greeting = mail::Reply{220, {"mx.example.com ESMTP"}};
  record.ehlo = mail::Reply{250, {"mx.example.com Hello [203.0.113.9]", "HELP"}};
  EXPECT_EQ(seen_as(record, server)->to_string(), "203.0.113.9");

  record.transcript = {{false, "EHLO [203.0.113.9]"}};
  EXPECT_FALSE(seen_as(record, server));

  smtp::Answers answers;
  answers.rcpt = mail::Reply{554, {"5.7.1 Client host [172.22.1.1] blocked using x.example"}};
  record.answers = {answers};
  EXPECT_EQ(seen_as(record, server)->to_string(), "172.22.1.1");
}

}  // namespace
}  // namespace relayproof::probe
