#include "logs/sendmail_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "logs/syslog_parser.h"
#include "logs/told_event_test.h"

namespace relayproof::logs {
namespace {

const std::string behind =
    ", delay=00:00:00, xdelay=00:00:00, mailer=esmtp, pri=30094, "
    "relay=mx.example.net. [IPv6:2001:db8:51:0:0:0:0:25], dsn=2.0.0, stat=Sent (taken)";
const std::string by_network =
    " by mx.example.net. 2001:db8:51:0:0:0:0:25:0 sent";  // what told() makes of that

const std::vector<LineCase> cases = {
    {"6AMKl3Aq000060: from=<>, size=94, class=0, nrcpts=1, msgid=<1@x>, proto=ESMTP, "
     "daemon=MTA-v4, "
     "relay=probe.club.example [203.0.113.9]",
     "6AMKl3Aq000060 arrival probe.club.example 203.0.113.9 '' from   id <1@x>"},
    {"6AMKl3Aq000060: from=<a@b.example>, size=94, class=0, nrcpts=1, bodytype=8BITMIME, "
     "proto=ESMTP, daemon=MTA-v6, relay=inside.example.com [IPv6:2001:db8:9:0:0:0:0:66] (may be "
     "forged)",
     "6AMKl3Aq000060 arrival  2001:db8:9:0:0:0:0:66 '' from   by a@b.example"},
    {"MAA12345: from=<a@b.example>, size=9, class=0, pri=30009, nrcpts=1, msgid=<1@x>, proto=SMTP, "
     "relay=IDENT:root@[127.0.0.1]@x.example [192.0.2.1]",
     "MAA12345 arrival x.example 192.0.2.1 '' from   by a@b.example id <1@x>"},
    {"6AMKlF88000090: from=<a@b.example>, size=94, class=0, nrcpts=1, msgid=<1@x>, proto=ESMTPSA, "
     "daemon=MTA-v4, relay=[203.0.113.77]",
     "6AMKlF88000090 arrival  203.0.113.77 '' from   in 60 logged in by a@b.example id <1@x>"},
    // The client's words feign a login, a host and a size.
    {"6AMKl3Aq000060: from=<\"a>, size=1, relay=x [127.0.0.1], x\"@club.example>, size=94, "
     "class=0, "
     "nrcpts=1, msgid=<a@b>, proto=ESMTPA, daemon=x, relay=evil [127.0.0.1>, proto=ESMTP, "
     "daemon=MTA-v4, relay=probe.club.example [203.0.113.9]",
     "6AMKl3Aq000060 arrival probe.club.example 203.0.113.9 '' from   by \"a>, size=1, relay=x "
     "[127.0.0.1], x\"@club.example id <a@b>, proto=ESMTPA, daemon=x, relay=evil [127.0.0.1>"},
    {"6AMKlMux000139: from=root, size=18, class=0, nrcpts=1, msgid=<2@x>, relay=root@localhost",
     "6AMKlMux000139 user root from  by root"},
    {"6AMKlMux000139: from=<>, size=18, class=0, nrcpts=1, msgid=<2@x>, relay=[RESPONSE]",
     "6AMKlMux000139 id <2@x>"},
    {"6AMKlmx0000136: from=<a@b.example>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA-v4, "
     "relay=probe.club.example [203.0.113.9]",
     "6AMKlmx0000136 connection probe.club.example 203.0.113.9"},
    {"6AMKl3Aq000060: to=<a@example.net>" + behind,
     "6AMKl3Aq000060 network to a@example.net for " + by_network},
    {"6AMKl3Aq000060: to=<b@example.net>, [more]" + behind,
     "6AMKl3Aq000060 network to b@example.net for " + by_network},
    {"6AMKl3Aq000060: to=alice, ctladdr=<list@example.com> (8/0), delay=00:00:00, xdelay=00:00:00, "
     "mailer=local, pri=30354, dsn=2.0.0, stat=Sent",
     "6AMKl3Aq000060 mailbox to alice for  by  :0 sent"},
    {"6AMKl3Aq000060: to=|/bin/true, ctladdr=<prog@example.com> (8/0), delay=00:00:00, "
     "xdelay=00:00:00, mailer=prog, pri=30353, dsn=2.0.0, stat=Sent",
     "6AMKl3Aq000060 program to |/bin/true for  by  :0 sent"},
    {"6AMKl3Aq000060: to=<x@down.example>, delay=00:00:06, xdelay=00:00:00, mailer=esmtp, "
     "pri=150094, relay=[198.51.100.53] [198.51.100.53], dsn=4.4.1, stat=Deferred: Connection "
     "refused by [198.51.100.53]",
     "6AMKl3Aq000060 network to x@down.example for  by [198.51.100.53] 198.51.100.53:0 deferred"},
    {"6AMKl3Aq000060: to=<x@gone.example>, delay=00:00:00, xdelay=00:00:00, mailer=esmtp, "
     "pri=90094, "
     "relay=gone.example, dsn=5.1.2, stat=Host unknown (Name server: x: host not found)",
     "6AMKl3Aq000060 network to x@gone.example for  by gone.example :0 bounced"},
    {"6AMKl3Aq000060: to=<x@gone.example>, delay=00:00:00, mailer=esmtp, pri=90094, stat=queued",
     "6AMKl3Aq000060 network to x@gone.example for  by  :0 deferred"},
    // The recipient is logged as it was asked for: who of them was meant no line tells.
    {"6AMKl3Aq000060: to=<x%example.net@example.com>" + behind,
     "6AMKl3Aq000060 network to x%example.net@example.com for " + by_network +
         " or to x%example.net"},
    {"6AMKl3Aq000060: to=x%example.net@example.com, ctladdr=root (0/0), delay=00:00:00, "
     "mailer=relay, "
     "pri=30018, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (6AMKvXN3000189 Message "
     "accepted for delivery)",
     "6AMKl3Aq000060 network to x%example.net@example.com for  by [127.0.0.1] 127.0.0.1:0 sent"},
    {"6AMKl3Aq000060: to=<example.net!x>" + behind,
     "6AMKl3Aq000060 network to example.net!x for " + by_network + " or to example.net!x"},
    // Recipients that feign what follows them.
    {"6AMKl3Aq000060: to=<\"x>, delay=00:00:00, mailer=local, dsn=2.0.0, stat=Sent\"@example.net>" +
         behind,
     "6AMKl3Aq000060 network to \"x>, delay=00:00:00, mailer=local, dsn=2.0.0, "
     "stat=Sent\"@example.net for " +
         by_network},
    {"6AMKl3Aq000060: to=<(\")x@example.net>" + behind,
     "6AMKl3Aq000060 network to (\")x@example.net for " + by_network},
    {"6AMKl3Aq000060: to=x@example.com, delay=1, mailer=local, stat=Sent @example.net" + behind,
     "6AMKl3Aq000060 mailbox to x@example.com for  by  :0 sent or to x@example.com, delay=1, "
     "mailer=local, stat=Sent @example.net"},
    {"6AMKl3Aq000060: to=<\"x@example.net>" + behind,
     "6AMKl3Aq000060 network to \"x@example.net for " + by_network + " or to \"x@example.net"},
    {"6AMKlHGq000106: 6AMKlHGq000107: clone: owner=bob",
     "6AMKlHGq000107 user  from 6AMKlHGq000106 by bob"},
    {"6AMKlIMs000126: 6AMKlIMs000128: DSN: Host unknown (x)", "6AMKlIMs000128 id "},
    {"AUTH=server, relay=[203.0.113.77], authid=alice@mail.example.com, mech=PLAIN, bits=0",
     "60 login alice@mail.example.com from 203.0.113.77"},
    {"6AMKlIMs000126: AUTH=server, relay=x [203.0.113.77], authid=anybody, mech=ANONYMOUS, bits=0",
     "60 login  from 203.0.113.77"},
    {"6AMKl3Aq000060: done; delay=00:00:00, ntries=1", "6AMKl3Aq000060 removed"},
    {"6AMKlISI000131: probe.club.example [203.0.113.9]: VRFY alice", "-"},
    {"6AMKlJ5J000132: lost input channel from probe.club.example [203.0.113.9] to MTA-v4 after "
     "rcpt",
     "-"},
    {"NOQUEUE: SYSERR(root): QueueDirectory (Q) option must be set", "-"},
    {"STARTTLS=server, relay=x [192.0.2.1], version=TLSv1.3, verify=NO, cipher=X, bits=256/256",
     "-"},
};

TEST(SendmailParser, ReadsWhatItsLinesTell) {
  expect_each(read_sendmail_line, cases, "Nov 22 20:57:24 mx sm-mta[60]: ");
  expect_each(read_sendmail_line, cases, "<22>Nov 22 20:57:24 sendmail[60]: ");
  expect_each(read_sendmail_line, cases, "2026-11-22T20:57:24.5+01:00 mx sm-msp-queue[60]: ");
}

TEST(SendmailParser, KnowsItsOwnLinesOnly) {
  const auto line = cases[0].line;
  EXPECT_EQ(told(read_sendmail_line, "Nov 22 20:57:24 mx postfix/sendmail[60]: " + line), "-");
  EXPECT_EQ(told(read_sendmail_line, "Nov 22 20:57:24 mx sshd[60]: " + line), "-");
}

// All events of a line.
std::vector<std::string> all(const std::string& text) {
  std::vector<std::string> events;
  LogLine line;
  Event event;
  if (!read_syslog_line(text, line) || !read_sendmail_line(line, event)) return events;
  do {
    events.push_back(told(event));
  } while (next_sendmail_event(event));
  return events;
}

TEST(SendmailParser, TellsOfEachRecipientOfALine) {
  const std::string id = "6AMKl3Aq000060";
  EXPECT_EQ(all("Nov 22 20:57:24 mx sm-mta[60]: " + id +
                ": to=<a@b.example>,<\"x,y\"@c.example>,d" + behind),
            (std::vector<std::string>{id + " network to a@b.example for " + by_network,
                                      id + " network to \"x,y\"@c.example for " + by_network,
                                      id + " network to d for " + by_network}));
}

TEST(SendmailParser, TellsOfEachPartOfASplitMessage) {
  EXPECT_EQ(
      all("Nov 22 20:57:24 mx sm-mta[60]: 6AMKl3Aq000060: split: maxrcpts=1, rcpts=3, count=2, "
          "ids=6AMKl3Ar000060, 6AMKl3As000060"),
      (std::vector<std::string>{"6AMKl3Ar000060 user  from 6AMKl3Aq000060",
                                "6AMKl3As000060 user  from 6AMKl3Aq000060"}));
  EXPECT_EQ(all("Nov 22 20:57:24 mx sm-mta[60]: 6AMKl3Aq000060: split: count=1, id=6AMKl3Ar000060"),
            (std::vector<std::string>{"6AMKl3Ar000060 user  from 6AMKl3Aq000060"}));
}

std::string refusal(const std::string& text) {
  const std::string whole = "Nov 22 20:57:24 mx sm-mta[60]: " + text;
  LogLine line;
  if (!read_syslog_line(whole, line)) return "no line";
  const auto found = read_sendmail_refusal(line);
  if (!found) return "-";
  return std::string(found->where) + " " + std::to_string(found->code) + " " +
         std::string(found->client_name) + "[" + std::string(found->client) + "] " +
         std::string(found->connection);
}

TEST(SendmailParser, ReadsWhomARefusalWasFor) {
  const std::string id = "6AMKlAsE000076";
  const std::string reject = ", reject=550 5.7.1 <a@b.example>... Relaying denied";
  EXPECT_EQ(refusal(id +
                    ": ruleset=check_rcpt, arg1=<a@b.example>, relay=x.example [203.0.113.66] "
                    "(may be forged)" +
                    reject),
            "RCPT 550 [203.0.113.66] ");
  EXPECT_EQ(refusal("NOQUEUE: ruleset=check_relay, arg1=x.example, arg2=IPv6:2001:db8:0:0:0:0:0:9, "
                    "relay=x.example [IPv6:2001:db8:0:0:0:0:0:9], reject=421 4.7.0 later"),
            "CONNECT 421 x.example[2001:db8:0:0:0:0:0:9] ");
  EXPECT_EQ(refusal(id + ": <a@b.example>... User unknown"), "RCPT 550 [] " + id);
  EXPECT_EQ(refusal(id + ": Milter: to=<a@b.example>, reject=451 4.3.2 Please try again later"),
            "RCPT 451 [] " + id);
  // What could be read in two ways tells nothing.
  EXPECT_EQ(refusal(id +
                    ": ruleset=check_rcpt, arg1=<x, relay=y [127.0.0.1], reject=1@b>, "
                    "relay=x.example [203.0.113.66]" +
                    reject),
            "-");
  EXPECT_EQ(refusal(id + ": lost input channel from x [203.0.113.9] to MTA-v4 after rcpt"), "-");
}

}  // namespace
}  // namespace relayproof::logs
