#include "logs/postfix_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "logs/syslog_parser.h"
#include "logs/told_event_test.h"

namespace relayproof::logs {
namespace {

std::string told(const std::string& text) {
  LogLine line;
  Event event;
  const std::string written = "Nov 22 07:01:27 mx " + text;
  if (!read_syslog_line(written, line)) return "no line";
  if (!read_postfix_line(line, event)) return "-";
  return told(event);
}

struct Case {
  std::string line;
  std::string event;
};

const std::vector<Case> cases = {
    {"postfix/smtpd[1]: 4F1E2D3C4B: client=a.example[192.0.2.1]",
     "4F1E2D3C4B arrival a.example 192.0.2.1 '' from  "},
    {"postfix/smtpd[1]: 4XqYbZ1cD2z9sVq: client=unknown[2001:db8::1]:4711",
     "4XqYbZ1cD2z9sVq arrival unknown 2001:db8::1 '' from  "},
    {"postfix/submission/smtpd[1]: 4F1E2D3C4B: client=a.example[192.0.2.1], sasl_method=PLAIN, "
     "sasl_username=alice@example.com",
     "4F1E2D3C4B arrival a.example 192.0.2.1 'alice@example.com' from  "},
    {"postfix/smtpd[1]: 4F1E2D3C4B: client=localhost[127.0.0.1], orig_queue_id=4F1E2D3C4A, "
     "orig_client=b.example[192.0.2.9]",
     "4F1E2D3C4B arrival localhost 127.0.0.1 '' from 4F1E2D3C4A 192.0.2.9"},
    // RFC 4505: a login that anybody has is none.
    {"postfix/smtpd[1]: 4F1E2D3C4B: client=a[192.0.2.1], sasl_method=ANONYMOUS, sasl_username=bob",
     "4F1E2D3C4B arrival a 192.0.2.1 '' from  "},
    // What the client says in MAIL FROM … AUTH= proves nothing.
    {"postfix/smtpd[1]: 4F1E2D3C4B: client=a[192.0.2.1], sasl_sender=x, sasl_username=alice",
     "4F1E2D3C4B arrival a 192.0.2.1 '' from  "},
    {"postfix/smtpd[1]: 4F1E2D3C4B: client=a[192.0.2.1], sasl_method=PLAIN, sasl_username=u, "
     "sasl_sender=x, orig_queue_id=4F1E2D3C4A, orig_client=b[192.0.2.9]",
     "4F1E2D3C4B arrival a 192.0.2.1 'u' from  "},
    {"postfix/smtpd[1]: NOQUEUE: client=a[192.0.2.1]", "-"},
    {"postfix/smtpd[1]: connect from a[192.0.2.1]", "-"},
    {"postfix/smtpd[1]: warning: 4F1E2D3C4B: client=a[192.0.2.1]", "-"},
    {"postfix-out/smtpd[1]: 4F1E2D3C4B: client=a[192.0.2.1]",
     "4F1E2D3C4B/postfix-out arrival a 192.0.2.1 '' from  "},
    {"sshd[1]: 4F1E2D3C4B: client=a[192.0.2.1]", "-"},
    {"smtpd[1]: 4F1E2D3C4B: client=a[192.0.2.1]", "-"},
    {"postfix/pickup[1]: 4F1E2D3C4B: uid=33 from=<www-data>", "4F1E2D3C4B user 33 from "},
    {"postfix/pickup[1]: 4F1E2D3C4B: uid=0 from=<a@b.example> orig_id=4F1E2D3C4A",
     "4F1E2D3C4B user 0 from 4F1E2D3C4A"},
    {"postfix/pickup[1]: 4F1E2D3C4B: uid=0 from=<\"a> orig_id=4F1E2D3C4A\"@b.example>",
     "4F1E2D3C4B user 0 from "},
    {"postfix/pickup[1]: 4F1E2D3C4B: uid=0 from=<a> orig_id=4F1E2D3C4A@b.example>",
     "4F1E2D3C4B user 0 from 4F1E2D3C4A@b.example>"},
    {"postfix/cleanup[1]: 4F1E2D3C4B: message-id=<1@a.example>", "4F1E2D3C4B id <1@a.example>"},
    {"postfix/qmgr[1]: 4F1E2D3C4B: from=<a@b.example>, size=1, nrcpt=1 (queue active)",
     "4F1E2D3C4B sender a@b.example"},
    {"postfix/qmgr[1]: 4F1E2D3C4B: from=<>, size=1, nrcpt=1 (queue active)", "4F1E2D3C4B sender "},
    {"postfix/qmgr[1]: 4F1E2D3C4B: removed", "4F1E2D3C4B removed"},
    {"postfix/smtp[1]: 4F1E2D3C4B: removed", "-"},
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<a@b.example>, relay=mx.b.example[192.0.2.2]:25, conn_use=2, "
     "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
     "4F1E2D3C4B network to a@b.example for  by mx.b.example 192.0.2.2:25 sent"},
    {"postfix/relay/smtp[1]: 4F1E2D3C4B: to=<a@b.example>, orig_to=<c@d.example>, relay=none, "
     "delay=1, delays=0/0/0/1, dsn=4.4.1, status=deferred (connect to b.example: timed out)",
     "4F1E2D3C4B network to a@b.example for c@d.example by none :0 deferred"},
    {"postfix/lmtp[1]: 4F1E2D3C4B: to=<a@b.example>, relay=mx[private/dovecot-lmtp], delay=1, "
     "delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 saved)",
     "4F1E2D3C4B mailbox to a@b.example for  by mx private/dovecot-lmtp:0 sent"},
    {"postfix/pipe[1]: 4F1E2D3C4B: to=<a@b.example>, relay=filter, delay=1, delays=0/0/0/1, "
     "dsn=5.3.0, status=bounced (command failed)",
     "4F1E2D3C4B program to a@b.example for  by filter :0 bounced"},
    // Of a recipient in quotes nothing counts as the end of the field.
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<\"a>, relay=local, status=sent (\\\"\"@b.example>, "
     "relay=mx[192.0.2.2]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
     "4F1E2D3C4B network to \"a>, relay=local, status=sent (\\\"\"@b.example for  by mx "
     "192.0.2.2:25 sent"},
    // Before 3.5 the quotes were not logged.
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<a@own.example>, relay=local, delay=0, delays=0/0/0/0, "
     "dsn=2.0.0, status=sent (x@b.example>, relay=mx[192.0.2.2]:25, delay=1, delays=0/0/0/1, "
     "dsn=2.0.0, status=sent (250 ok)",
     "4F1E2D3C4B network to a@own.example for  by local :0 sent or to a@own.example>, relay=local, "
     "delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (x@b.example"},
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<a b@b.example>, relay=mx[192.0.2.2]:25, delay=1, "
     "delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
     "4F1E2D3C4B network to a b@b.example for  by mx 192.0.2.2:25 sent"},
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<a>b@b.example>, relay=mx[192.0.2.2]:25, delay=1, "
     "delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
     "4F1E2D3C4B network to a>b@b.example for  by  :0 other or to a>b@b.example"},
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<a@b.example>, relay=mx[192.0.2.2]:25, delay=1, "
     "delays=0/0/0/1, dsn=2.0.0, status=sent (250 <c@d>, relay=x)",
     "4F1E2D3C4B network to a@b.example for  by mx 192.0.2.2:25 sent or to a@b.example>, "
     "relay=mx[192.0.2.2]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 <c@d"},
    // What the next host says is behind everything.
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<a@b.example>, relay=mx[192.0.2.2]:25, delay=1, "
     "delays=0/0/0/1, dsn=5.1.1, status=bounced (host said: 550 to=<c@d>, dsn=2.0.0, status=sent)",
     "4F1E2D3C4B network to a@b.example for  by mx 192.0.2.2:25 bounced"},
    {"postfix/smtp[1]: 4F1E2D3C4B: to=<", "4F1E2D3C4B network to  for  by  :0 other"},
    {"postfix/smtp[1]: 4F1E2D3C4B: enabling PIX workarounds: x", "-"},
    {"postfix/smtp[1]: 4F1E: to=<a@b>, relay=none, status=sent (x)", "-"},
};

TEST(PostfixParser, TakesEveryPartFromItsPlace) {
  for (const auto& one : cases) EXPECT_EQ(told(one.line), one.event) << one.line;
}

TEST(PostfixParser, EveryLineCutAnywhereIsReadWithoutHarm) {
  for (const auto& one : cases) {
    for (std::size_t size = 0; size <= one.line.size(); ++size) {
      const auto event = told(one.line.substr(0, size));
      if (size == one.line.size()) {
        EXPECT_EQ(event, one.event);
      }
    }
  }
}

TEST(PostfixParser, ReadsWhomARefusalWasFor) {
  LogLine line;
  ASSERT_TRUE(read_syslog_line(
      "Nov 22 07:01:27 mx postfix/cleanup[1]: 4F1E2D3C4B: milter-reject: END-OF-MESSAGE from "
      "a.example[192.0.2.1]: 5.7.1 Spam; from=<> to=<b@c.example>",
      line));
  const auto refusal = read_postfix_refusal(line);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->client, "192.0.2.1");
  EXPECT_EQ(refusal->client_name, "a.example");
  EXPECT_EQ(refusal->where, "END-OF-MESSAGE");
  EXPECT_EQ(refusal->code, 0);
  EXPECT_EQ(refusal->rest, "5.7.1 Spam; from=<> to=<b@c.example>");
}

}  // namespace
}  // namespace relayproof::logs
