#include "logs/exim_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "logs/syslog_parser.h"
#include "logs/told_event_test.h"

namespace relayproof::logs {
namespace {

const std::vector<LineCase> cases = {
    {"1xV7oW-00000R-17 <= bob@club.example H=probe.club.example [203.0.113.9] P=esmtp S=268",
     "1xV7oW-00000R-17 arrival probe.club.example 203.0.113.9 '' from   by bob@club.example"},
    {"1tAbCd-00000001aBc-1X2y <= <> H=(x.example) [2001:db8::9]:4711 I=[192.0.2.25]:25 P=smtp S=2",
     "1tAbCd-00000001aBc-1X2y arrival  2001:db8::9 '' from  "},
    {"[123] 1xV7oW-00000R-17 <= a@b H=n (h) [192.0.2.1] P=esmtpsa X=TLS1.3:X:256 CV=no "
     "A=plain:alice@example.com S=1 id=1@x",
     "1xV7oW-00000R-17 arrival n 192.0.2.1 'alice@example.com' from   by a@b id 1@x"},
    {"1xV7oW-00000R-17 <= \"a b\"@c.example H=n [192.0.2.1] P=esmtpa A=login S=1",
     "1xV7oW-00000R-17 arrival n 192.0.2.1 'login' from   by \"a b\"@c.example"},
    {"1xV7oY-00000q-0G <= root@example.com U=root P=local S=314",
     "1xV7oY-00000q-0G user root from  by root@example.com"},
    {"1xV7oY-00000q-0G <= <> R=1xV7oW-00000R-17 U=Debian-exim P=local S=9", "1xV7oY-00000q-0G id "},
    // What the client wrote into his certificate or the subject is no login.
    {"1xV7oW-00000R-17 <= a@b H=n [192.0.2.1] P=esmtps DN=\"CN=x\" A=plain:bob S=1",
     "1xV7oW-00000R-17 arrival n 192.0.2.1 '' from   by a@b"},
    {"1xV7oW-00000R-17 <= a@b H=n [192.0.2.1] P=esmtp S=1 T=\"x\" A=plain:bob",
     "1xV7oW-00000R-17 arrival n 192.0.2.1 '' from   by a@b"},
    // A HELO in which another address stands.
    {"1xV7oW-00000R-17 <= a@b H=(x) [127.0.0.1] P=smtp () [203.0.113.9] P=smtp S=1",
     "1xV7oW-00000R-17 arrival   '' from   by a@b"},
    {"1xV7oW-00000R-17 => a@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9] "
     "C=\"250 taken\"",
     "1xV7oW-00000R-17 network to a@example.net for  by mx.example.net 192.0.2.9:0 sent"},
    {"1xV7oW-00000R-17 -> a@example.net <x@example.com> F=<s@e> P=<s@e> R=r T=t S=3 "
     "H=mx.example.net [2001:db8::9]:2525 X=TLS",
     "1xV7oW-00000R-17 network to a@example.net for x@example.com by mx.example.net "
     "2001:db8::9:2525 sent"},
    {"1xV7oW-00000R-17 => alice <alice@example.com> R=localuser T=mail_spool",
     "1xV7oW-00000R-17 mailbox to alice for alice@example.com by  :0 sent"},
    {"1xV7oW-00000R-17 => |/usr/bin/x (y@example.com) <z@example.com> R=a T=pipe",
     "1xV7oW-00000R-17 program to |/usr/bin/x for z@example.com by  :0 sent"},
    {"1xV7oW-00000R-17 == a@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.9] "
     "defer (-44): SMTP error",
     "1xV7oW-00000R-17 network to a@example.net for  by mx.example.net 192.0.2.9:0 deferred"},
    {"1xV7oW-00000R-17 ** a@example.net R=dnslookup T=remote_smtp H=mx [192.0.2.9]: SMTP error",
     "1xV7oW-00000R-17 network to a@example.net for  by mx 192.0.2.9:0 bounced"},
    {"1xV7oW-00000R-17 ** a@example.net: Unrouteable address",
     "1xV7oW-00000R-17 none to a@example.net for  by  :0 bounced"},
    // Exim writes the local part without its quotes.
    {"1xV7oW-00000R-17 => a b@example.net <\"a b\"@example.net> R=r T=t H=mx [192.0.2.9]",
     "1xV7oW-00000R-17 network to a b@example.net for \"a b\"@example.net by mx 192.0.2.9:0 sent"},
    {R"(1xV7oW-00000R-17 => x <y@e.example> R=l T=l@example.net )"
     R"(<"x <y@e.example> R=l T=l"@example.net> R=r T=t H=mx [192.0.2.9])",
     R"(1xV7oW-00000R-17 network to x <y@e.example> R=l T=l@example.net for )"
     R"("x <y@e.example> R=l T=l"@example.net by mx 192.0.2.9:0 sent)"},
    // The same with quotes of its own: then the line reads in two ways.
    {R"(1xV7oW-00000R-17 => x <"q"@e.example> R=l T=l@example.net )"
     R"(<"x <\"q\"@e.example> R=l T=l"@example.net> R=r T=t H=mx [192.0.2.9])",
     R"(1xV7oW-00000R-17 network to x for "q"@e.example by mx 192.0.2.9:0 sent or to )"
     R"(\"q\"@e.example> R=l T=l"@example.net)"},
    {"1xV7oW-00000R-17 Completed", "1xV7oW-00000R-17 removed"},
    {"1xV7oW-00000R-17 Frozen", "-"},
};

TEST(EximParser, ReadsWhatItsLinesTell) {
  expect_each(read_exim_line, cases, "2026-11-22 13:41:04 ");
  expect_each(read_exim_line, cases,
              "2026-11-22T13:41:04.5Z 2026-11-22 13:41:04 ");  // docker logs -t
  expect_each(read_exim_line, cases, "2026-11-22 13:41:04.123 +0100 ");
  expect_each(read_exim_line, cases, "Nov 22 13:41:04 mx exim[9]: 2026-11-22 13:41:04 ");
}

TEST(EximParser, KnowsItsOwnLinesOnly) {
  EXPECT_EQ(told(read_exim_line, "2026-11-22 13:41:04 mx sshd[1]: 1xV7oW-00000R-17 Completed"),
            "-");
  EXPECT_EQ(told(read_exim_line, "2026-11-22 13:41:04 Start queue run: pid=1"), "no line");
  EXPECT_EQ(told(read_exim_line, "Nov 22 13:41:04 mx sshd[1]: 1xV7oW-00000R-17 Completed"), "-");
}

TEST(EximParser, ReadsWhomARefusalWasFor) {
  LogLine line;
  ASSERT_TRUE(read_syslog_line(
      "2026-11-22 13:41:05 H=(x) [203.0.113.9] F=<> temporarily rejected RCPT <a@b>: later", line));
  const auto refusal = read_exim_refusal(line);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->client, "203.0.113.9");
  EXPECT_EQ(refusal->where, "RCPT");
  EXPECT_EQ(refusal->code, 451);
  EXPECT_EQ(refusal->rest, "RCPT <a@b>: later");
}

}  // namespace
}  // namespace relayproof::logs
