#include "logs/seen.h"

#include <gtest/gtest.h>

namespace relayproof::logs {
namespace {

constexpr const char* token = "relayproof-k3v9q";

struct Case {
  std::string name;
  std::string log;
  std::vector<std::string> clients;  // `name[address] code`
};

std::vector<std::string> told(const std::vector<Seen>& seen) {
  std::vector<std::string> out;
  for (const auto& one : seen) {
    out.push_back(one.client_name + "[" + one.client.to_string() + "] " + std::to_string(one.code));
  }
  return out;
}

const std::string text =
    "NOQUEUE: reject: RCPT from unknown[172.22.1.1]: 550 5.1.1 <relayproof-k3v9q@club.example>: "
    "Recipient address rejected: User unknown in local recipient table; from=<a@b.example> "
    "to=<relayproof-k3v9q@club.example> proto=ESMTP helo=<club.example>";

const std::vector<Case> cases = {
    {"traditional",
     "Nov 22 07:01:27 club postfix/smtpd[123]: " + text + "\n",
     {"unknown[172.22.1.1] 550"}},
    {"RFC 3339, and no line feed at the end",
     "2026-11-22T07:01:27.123456+01:00 club postfix/submission/smtpd[123]: " + text,
     {"unknown[172.22.1.1] 550"}},
    {"docker logs -t",
     "2026-11-22T07:01:27.123456789Z Nov 22 08:01:27 club postfix/smtpd[123]: " + text + "\n",
     {"unknown[172.22.1.1] 550"}},
    {"without stamp and host", "postfix/smtpd[123]: " + text + "\n", {"unknown[172.22.1.1] 550"}},
    {"with a priority and a carriage return",
     "<22>Nov  2 07:01:27 club postfix/smtpd[123]: " + text + "\r\n",
     {"unknown[172.22.1.1] 550"}},
    {"Exim",
     "2026-11-22 13:41:05 H=(x) [172.22.1.1] F=<> rejected RCPT <relayproof-k3v9q@club.example>: "
     "no\n",
     {"[172.22.1.1] 550"}},
    {"OpenSMTPD, where another line tells the client",
     "Nov 22 13:41:04 mx smtpd[3]: e919ecfb7d184b52 smtp connected address=172.22.1.1 host=a.b\n"
     "Nov 22 13:41:04 mx smtpd[3]: e919ecfb7d184b53 smtp connected address=192.0.2.1 host=c.d\n"
     "Nov 22 13:41:04 mx smtpd[3]: e919ecfb7d184b52 smtp failed-command command=\"RCPT "
     "TO:<relayproof-k3v9q@club.example>\" result=\"550 Invalid recipient: x\"\n",
     {"a.b[172.22.1.1] 550"}},
    {"Sendmail, which tells the client behind what it refused",
     "Nov 22 20:57:29 mx sm-mta[7]: 6AMKvTi8000150: from=<a@b.example>, size=9, class=0, nrcpts=1, "
     "msgid=<1@x>, proto=ESMTP, daemon=MTA, relay=[192.0.2.66]\n"
     "Nov 22 20:57:29 mx sm-mta[8]: 6AMKvTi8000151: <relayproof-k3v9q@club.example>... User "
     "unknown\n"
     "Nov 22 20:57:29 mx sm-mta[9]: 6AMKvTi8000152: from=<a@b.example>, size=0, class=0, nrcpts=0, "
     "proto=ESMTP, daemon=MTA, relay=[192.0.2.67]\n"
     "Nov 22 20:57:30 mx sm-mta[8]: 6AMKvTi8000151: from=<a@b.example>, size=0, class=0, nrcpts=0, "
     "proto=ESMTP, daemon=MTA, relay=a.example [IPv6:2001:db8:0:0:0:0:0:7] (may be forged)\n",
     {"[2001:db8::7] 550"}},
    {"Sendmail, as one of several recipients",
     "Nov 22 20:57:29 mx sm-mta[7]: 6AMKvTi8000150: from=<a@b.example>, size=9, class=0, nrcpts=2, "
     "msgid=<1@x>, proto=ESMTP, daemon=MTA, relay=a.b [172.22.1.1]\n"
     "Nov 22 20:57:29 mx sm-mta[7]: 6AMKvTi8000150: "
     "to=<x@club.example>,<relayproof-k3v9q@c.example>, "
     "delay=00:00:00, mailer=esmtp, pri=1, relay=c. [192.0.2.1], dsn=2.0.0, stat=Sent (ok)\n",
     {"a.b[172.22.1.1] 0"}},
    {"Sendmail's check_rcpt",
     "Nov 22 20:57:29 sm-mta[7]: 6AMKvTi8000150: ruleset=check_rcpt, "
     "arg1=<relayproof-k3v9q@x.example>,"
     " relay=[172.22.1.1], reject=550 5.7.1 <relayproof-k3v9q@x.example>... Relaying denied\n",
     {"[172.22.1.1] 550"}},
    {"the journal's JSON",
     R"({"__REALTIME_TIMESTAMP":"1795331287123456","_HOSTNAME":"club","SYSLOG_IDENTIFIER":)"
     R"("postfix/smtpd","MESSAGE":"NOQUEUE: reject: RCPT from x.example[2001:db8::9]: 454 4.7.1 )"
     R"(<relayproof-k3v9q@outside.example>: Relay access denied; helo=<\"a\">","_PID":"1"})"
     "\n",
     {"x.example[2001:db8::9] 454"}},
    {"postscreen",
     "Nov 22 07:01:27 club postfix/postscreen[1]: NOQUEUE: reject: RCPT from [192.0.2.7]:4711: 550 "
     "5.7.1 Service unavailable; client [192.0.2.7] blocked using dnsbl.example; from=<>, "
     "to=<relayproof-k3v9q@club.example>, proto=ESMTP, helo=<x>\n",
     {"[192.0.2.7] 550"}},
    {"an IPv4-mapped client, and its port",
     "Nov 22 07:01:27 club postfix/smtpd[1]: NOQUEUE: reject: RCPT from "
     "unknown[::ffff:192.0.2.7]:4711: 550 5.1.1 <relayproof-k3v9q@club.example>: no\n",
     {"unknown[192.0.2.7] 550"}},
    {"taken, and known by its delivery",
     "Nov 22 07:01:26 club postfix/smtpd[1]: 4F1E2D3C4B: client=old.example[198.51.100.1]\n"
     "Nov 22 07:01:27 club postfix/smtpd[1]: 4F1E2D3C4B: client=unknown[172.22.1.1]\n"
     "Nov 22 07:01:28 club postfix/smtp[2]: 4F1E2D3C4B: to=<relayproof-k3v9q@outside.example>, "
     "relay=mx[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)\n",
     {"unknown[172.22.1.1] 0"}},
    {"a program that is none of the server's says nothing",
     "Nov 22 07:01:27 club sshd[123]: " + text + "\n",
     {}},
    {"the client is read from the server's words, not from the client's",
     "Nov 22 07:01:27 club postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[172.22.1.1]: 504 "
     "5.5.2 <x>: Helo command rejected; from=<\"RCPT from y[192.0.2.66]: 550\"@b.example> "
     "to=<relayproof-k3v9q@club.example> proto=ESMTP helo=<RCPT from z[192.0.2.67]: 550>\n",
     {"unknown[172.22.1.1] 504"}},
    {"the refused word of a client is not a frame",
     "Nov 22 07:01:27 club postfix/smtpd[1]: warning: relayproof-k3v9q NOQUEUE: reject: RCPT from "
     "a[192.0.2.66]: 550 x\n",
     {}},
    {"another token",
     "Nov 22 07:01:27 club postfix/smtpd[1]: NOQUEUE: reject: RCPT from "
     "a[192.0.2.66]: 550 5.1.1 <relayproof-k3v9@club.example>: no\n",
     {}},
};

TEST(Seen, NamesTheClientThatTheServerSaw) {
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(told(find_seen(one.log, token)), one.clients);
  }
}

TEST(Seen, CountsALineOnceAndKeepsToTheLimit) {
  std::string log;
  for (int i = 0; i < 5; ++i) log += cases[0].log;
  EXPECT_EQ(find_seen(log, token).size(), 5U);
  EXPECT_EQ(find_seen(log, token, 2).size(), 2U);
  EXPECT_TRUE(find_seen(log, "").empty());
}

TEST(Seen, TellsWhenAndInWhichLine) {
  const auto seen = find_seen(cases[0].log, token);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].stamp, "Nov 22 07:01:27");
  EXPECT_EQ(seen[0].line + "\n", cases[0].log);
}

}  // namespace
}  // namespace relayproof::logs
