#include "report/canary.h"

#include <gtest/gtest.h>

namespace relayproof::report {
namespace {

canary::Arrival arrival() {
  canary::Arrival arrival;
  arrival.kind = canary::Kind::proof;
  arrival.token = "6740a1c8-00112233445566ff-00112233445566778899aabbccddeeff";
  arrival.errand = {"192.0.2.25:25", "percent-hack"};
  arrival.when = canary::Time(std::chrono::seconds(1800000000));
  arrival.from = mail::IpAddress::parse("2001:db8::25").value();
  arrival.helo = "mail.example.com";
  arrival.tls = true;
  arrival.mail_from = "<>";
  arrival.rcpt_to = "<x@canary.example>";
  arrival.received = {"from a by b", "from c by d"};
  return arrival;
}

TEST(CanaryRecord, IsReadAsItWasWritten) {
  const auto read = read_canary_line(canary_json_line(arrival()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(canary_json_line(*read), canary_json_line(arrival()));
}

TEST(CanaryRecord, KeepsForeignBytesFromTheTerminal) {
  auto hostile = arrival();
  hostile.rcpt_to = hostile.helo = hostile.errand.target = "\x1b[2J\r\n\xff";
  hostile.received = {"\x1b]0;x\x07"};
  for (const auto& line : {canary_json_line(hostile), canary_text_line(hostile)}) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  }
}

TEST(CanaryRecord, ThatIsNoneIsRefused) {
  for (const char* text : {"", "{", "[]", "{}", "null", R"({"schema":"relayproof/canary/1"})",
                           R"({"schema":"relayproof/canary/1","kind":"proof","time":"x"})",
                           R"({"schema":"relayproof/canary/1","kind":"x","time":1})",
                           R"({"schema":"relayproof/probe/1","kind":"proof","time":1})"}) {
    EXPECT_FALSE(read_canary_line(text)) << text;
  }
}

TEST(CanaryRecord, SaysInOneLineWhatCame) {
  EXPECT_EQ(canary_text_line(arrival()),
            "2027-01-15T08:00:00Z  proof     from 2001:db8::25 by TLS  to <x@canary.example>  "
            "asked of 192.0.2.25:25 by percent-hack\n");
}

}  // namespace
}  // namespace relayproof::report
