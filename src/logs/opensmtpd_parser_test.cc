#include "logs/opensmtpd_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "logs/syslog_parser.h"
#include "logs/told_event_test.h"

namespace relayproof::logs {
namespace {

const std::string id = "e919ecfb7d184b52 ";
const std::vector<LineCase> cases = {
    {id + "smtp connected address=203.0.113.9 host=probe.club.example",
     id + "connection probe.club.example 203.0.113.9"},
    {id + "smtp connected address=[2001:db8::9] host=<unknown>",
     id + "connection <unknown> 2001:db8::9"},
    {id + "smtp connected address=local host=example.com", id + "connection example.com "},
    {id + "smtp event=connected address=203.0.113.9 host=a", id + "connection a 203.0.113.9"},
    {id + "smtp message msgid=84eb9343 size=245 nrcpt=1 proto=ESMTP",
     "84eb9343 arrival   '' from   in e919ecfb7d184b52"},
    {id + "smtp event=message address=203.0.113.9 host=a msgid=84eb9343 from=<a@b> to=<c@d> size=2",
     "84eb9343 arrival   '' from   in e919ecfb7d184b52 by a@b"},
    {id + "smtp envelope evpid=84eb9343fa7549c7 from=<a@b> to=<c@d>", "84eb9343 sender a@b"},
    {id + "smtp authentication user=alice result=ok", id + "login alice"},
    {id + "smtp authentication user=alice result=permfail", "-"},
    {id + "smtp authentication user=x result=ok result=permfail", "-"},
    {id + "smtp disconnected reason=quit", id + "removed"},
    {id + "mta delivery evpid=84eb9343fa7549c7 from=<> to=<a@example.net> rcpt=<-> "
          "source=\"192.0.2.25\" relay=\"[2001:db8::9] (mx.example.net)\" delay=0s result=\"Ok\" "
          "stat=\"250 taken\"",
     "84eb9343 network to a@example.net for  by mx.example.net 2001:db8::9:0 sent"},
    {id + "mta event=delivery evpid=84eb9343fa7549c7 from=<> to=<a@example.net> "
          "rcpt=<b@example.com> source=\"-\" relay=\"192.0.2.9 (mx)\" delay=1s "
          "result=\"TempFail\" stat=\"451 result=\"Ok\"\"",
     "84eb9343 network to a@example.net for b@example.com by mx 192.0.2.9:0 deferred"},
    {id + "mda delivery evpid=84eb9343fa7549c7 from=<> to=<alice@example.com> "
          "rcpt=<alice@example.com> user=alice delay=0s result=Ok stat=Delivered",
     "84eb9343 mailbox to alice@example.com for  by  :0 sent"},
    {id + "mta connected", "-"},
};

TEST(OpensmtpdParser, ReadsWhatItsLinesTell) {
  expect_each(read_opensmtpd_line, cases, "Nov 22 13:41:04 mx smtpd[30]: ");
  expect_each(read_opensmtpd_line, cases, "<22>Nov 22 13:41:04 smtpd[30]: ");
}

TEST(OpensmtpdParser, LeavesPostfixItsLines) {
  EXPECT_EQ(told(read_opensmtpd_line, "Nov 22 13:41:04 mx postfix/smtpd[3]: " + cases[0].line),
            "-");
}

TEST(OpensmtpdParser, ReadsWhoseConnectionARefusalWasIn) {
  const std::string text = "Nov 22 13:41:04 mx smtpd[30]: " + id +
                           "smtp failed-command command=\"RCPT TO:<a@b>\" "
                           "result=\"550 Invalid recipient: <a@b>\"";
  LogLine line;
  ASSERT_TRUE(read_syslog_line(text, line));
  const auto refusal = read_opensmtpd_refusal(line);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->connection, "e919ecfb7d184b52");
  EXPECT_EQ(refusal->where, "RCPT");
  EXPECT_EQ(refusal->code, 550);
}

}  // namespace
}  // namespace relayproof::logs
