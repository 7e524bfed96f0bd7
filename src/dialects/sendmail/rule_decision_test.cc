// Attempts decided by the rule sets of a whole sendmail.cf: where the mail goes, and whether it is
// a relay.
#include "dialects/sendmail/rule_decision.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "dialects/sendmail/dialect.h"

namespace relayproof::sendmail {
namespace {

const std::string text =
    "V10\nO OperatorChars=.:%@!^/[]+\nO AliasFile=/etc/mail/aliases\nO "
    "DaemonPortOptions=Port=smtp, Name=MTA\n"
    "Cwexample.com\nKaccess hash -T<TMPF> /etc/mail/access\nKresolve host -a<OK>\n"
    "Mlocal, P=/bin/m, F=lsDFMAw5:/|@, A=m $u\nMesmtp, P=[IPC], F=mDFMuXa, A=TCP $h\n"
    "Scanonify=3\nR$*<$+>$*\t$2\nR$+@$+\t$:$1<@$2>\n"
    "Sparse=0\nR$+<@$=w>\t$#local $:$1\nR$+<@$+>\t$#esmtp $@ $2 $:$1@$2\nR$+\t$#local $:$1\n"
    "Slocaladdr=5\nRlost\t$#esmtp $@ hub.example.net $:lost@example.com\nR$+ + $*\t$#local $@ $2 "
    "$:@ $1\n"
    "Scheck_mail\nR<$+@$+>\t$:$(resolve $2 $:<PERM> $)\nR<PERM>\t$#error $@ 5.1.8 $: \"553 no such "
    "domain\"\n"
    "Scheck_rcpt\nR$*\t$:$1 $| $(access $&{client_addr} $:NO $)\nR$* $| RELAY\t$@OK\nR$* $| "
    "HIDE\t$#discard $:x\n"
    "R$* $| $*\t$:$>3 $1\nR$+<@$=w>\t$@OK\nR$*\t$#error $@ 5.7.1 $: \"550 Relaying denied\"\n";

policy::Decision decide(const std::string& client, const std::string& recipient,
                        const std::string& sender = "<bob@club.example>") {
  MemoryFiles files;
  files.add("/etc/mail/sendmail.cf", text);
  files.add("/etc/mail/access", "192.168.1.1\tRELAY\n10.0.0.1\tHIDE\n");
  files.add("/etc/mail/aliases",
            "postmaster: alice\nout: x@example.net, \"|/bin/list\"\n# no\nboth: \\alice,\n  out\n");
  files.add("/etc/passwd", "alice:x:1:1::/home/alice:/bin/sh\n");
  dialects::Host host;
  host.hostname = "mail.example.com";
  host.interfaces = {*mail::Network::parse("2001:db8:25::25/64")};
  const auto loaded = dialects::sendmail::dialect.load(files, "/etc/mail", host);
  EXPECT_TRUE(loaded);
  EXPECT_TRUE(loaded->decides);
  policy::Attempt attempt;
  attempt.client = *mail::IpAddress::parse(client);
  attempt.mail_from = sender;
  attempt.rcpt_to = recipient;
  return loaded->decides(loaded->policy, 0, attempt);
}

std::string shown(const policy::Decision& decision) {
  std::string out =
      std::string(to_string(decision.reply)) + " " + std::to_string(decision.answer.code);
  for (const auto& end : decision.ends) {
    constexpr std::array<std::string_view, 3> fates = {"local", "on", "dropped"};
    out += " " + std::string(fates.at(static_cast<std::size_t>(end.fate))) + ":" + end.to;
  }
  return out + " relay " + std::string(to_string(decision.relay));
}

TEST(RuleDecisions, SayWhereTheMailGoes) {
  struct Case {
    std::string client, recipient, says;
  };
  const Case cases[] = {
      {"203.0.113.9", "<alice@example.com>", "accept 250 local:alice relay no"},
      {"203.0.113.9", "<ALICE@example.com>", "accept 250 local:alice relay no"},
      {"203.0.113.9", "<x@example.net>", "reject 550 relay no"},
      {"192.168.1.1", "<x@example.net>", "accept 250 on:x@example.net relay yes"},
      {"203.0.113.9", "<nobody@example.com>", "reject 550 relay no"},
      {"203.0.113.9", "<postmaster@example.com>", "accept 250 local:alice relay no"},
      {"203.0.113.9", "<out@example.com>",
       "accept 250 on:x@example.net local:\"|/bin/list\" relay no"},
      {"203.0.113.9", "<both@example.com>",
       "accept 250 local:\\alice on:x@example.net local:\"|/bin/list\" relay no"},
      {"203.0.113.9", "<alice+tag@example.com>", "accept 250 local:alice relay no"},
      {"203.0.113.9", "<lost@example.com>", "accept 250 on:lost@example.com relay no"},
      // It would send it to itself.
      {"192.168.1.1", "<x@[IPv6:2001:db8:25::25]>",
       "accept 250 dropped:x@[IPv6:2001:db8:25::25] relay no"},
      {"10.0.0.1", "<x@example.net>", "accept 250 dropped:x@example.net relay no"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(shown(decide(each.client, each.recipient)), each.says) << each.recipient;
  }
}

TEST(RuleDecisions, NameTheRuleThatDecided) {
  const auto decision = decide("203.0.113.9", "<x@example.net>");
  EXPECT_EQ(decision.refused_by, "check_rcpt");
  ASSERT_FALSE(decision.trace.empty());
  EXPECT_EQ(decision.trace.back().result, policy::Step::Result::refuse);
  EXPECT_EQ(decision.trace.back().says, "R$*\t$#error $@ 5.7.1 $: \"550 Relaying denied\"");
}

TEST(RuleDecisions, NameNoCodeWhereOneOfSeveralIsSaid) {
  const auto decision = decide("203.0.113.9", "<x@example.net>", "<a@unqualified>");
  EXPECT_EQ(decision.reply, policy::Decision::Reply::reject);
  EXPECT_EQ(decision.answer.code, 0);
}

TEST(RuleDecisions, TakeNamesToExistButNotEveryOne) {
  EXPECT_EQ(decide("203.0.113.9", "<alice@example.com>", "<a@b.invalid>").answer.code, 553);
  EXPECT_EQ(decide("203.0.113.9", "<alice@example.com>", "<a@unqualified>").reply,
            policy::Decision::Reply::undecided);
}

}  // namespace
}  // namespace relayproof::sendmail
