// Attempts against small rule sets.
#include "dialects/sendmail/rule_verdict.h"

#include <gtest/gtest.h>

#include <string>

namespace relayproof::sendmail {
namespace {

const std::string basis =
    "V10\nO OperatorChars=.:%@!^/[]+\nKaccess hash -T<TMPF> /etc/mail/access\nKresolve host -a<OK> "
    "-T<TMP>\n"
    "Mlocal, P=/bin/m, F=lsDFMAw5:/|@, A=m $u\nMesmtp, P=[IPC], F=mDFMuXa, A=TCP $h\n"
    "Scanonify=3\nR$*<$+>$*\t$2\nR$+@$+\t$:$1<@$2>\n"
    "Sparse=0\nR$+<@$=w>\t$#local $:$1\nR$+<@$+>\t$#esmtp $@ $2 $:$1@$2\nR$+\t$#local $:$1\n";

RuleVerdict check(const std::string& rules, RuleAttempt attempt) {
  MemoryFiles files;
  files.add("/etc/mail/access", "192.168.1\tRELAY\n");
  const auto cf = read_cf_text(basis + rules, "/etc/mail/sendmail.cf", files,
                               CfHost{"mail.example.com", {}, {}});
  EXPECT_TRUE(cf);
  const Maps maps(*cf, files);
  if (attempt.rcpt_to.empty()) attempt.rcpt_to = "<x@example.net>";
  return check_attempt(*cf, maps, attempt);
}

RuleAttempt from(const std::string& client) {
  RuleAttempt attempt;
  attempt.client = client;
  return attempt;
}

const std::string relaying =
    "Scheck_rcpt\nR$*\t$:$1 $| $(access $&{client_addr} $:NO $)\nR$* $| RELAY\t$@OK\n"
    "R$* $| $*\t$:$>3 $1\nR$+<@$=w>\t$@OK\nR$*\t$#error $@ 5.7.1 $: \"550 Relaying denied\"\n";

TEST(RuleVerdicts, SayWhoMayRelayAndByWhichRule) {
  const RuleVerdict refused = check(relaying, from("192.168.2.1"));
  ASSERT_TRUE(refused.is_decided());
  EXPECT_EQ(refused.outcomes[0].kind, RuleOutcome::Kind::refused);
  EXPECT_EQ(refused.outcomes[0].reply.code, 550);
  EXPECT_EQ(refused.outcomes[0].reply.enhanced, "5.7.1");
  EXPECT_EQ(refused.outcomes[0].reply.text, "Relaying denied");
  EXPECT_EQ(refused.outcomes[0].where.line, 19U);
  const RuleVerdict own =
      check("Kaccess hash -T<TMPF> /etc/mail/access\n" + relaying, from("192.168.1"));
  ASSERT_TRUE(own.is_decided());
  EXPECT_EQ(own.outcomes[0].kind, RuleOutcome::Kind::accepted);
  EXPECT_EQ(own.outcomes[0].mailer, "esmtp");
  EXPECT_EQ(own.outcomes[0].host, "example.net");
  EXPECT_EQ(own.outcomes[0].user, "x@example.net");
}

TEST(RuleVerdicts, AreUndecidedWhereTheDnsDecides) {
  const std::string rules =
      "Scheck_mail\nR<$+@$+>\t$:$(resolve $2 $:<PERM> $)\nR<PERM>\t$#error $@ 5.1.8 $: \"553 no "
      "such domain\"\n";
  RuleAttempt attempt = from("203.0.113.9");
  attempt.mail_from = "<bob@club.example>";
  const RuleVerdict verdict = check(rules, attempt);
  EXPECT_FALSE(verdict.is_decided());
  EXPECT_EQ(verdict.outcomes.size(), 2U);
  EXPECT_EQ(verdict.hidden, std::vector<std::string>{"DNS of club.example"});
}

TEST(RuleVerdicts, AreDecidedWhereTheDnsMakesNoDifference) {
  const std::string rules =
      "Scheck_mail\nR<$+@$+>\t$:$(resolve $2 $:<PERM> $)\nR$*\t$@OK\n" + relaying;
  RuleAttempt attempt = from("203.0.113.9");
  attempt.mail_from = "<bob@club.example>";
  EXPECT_TRUE(check(rules, attempt).is_decided());
}

TEST(RuleVerdicts, KnowTheClient) {
  const std::string rules =
      "Scheck_relay\nR$* $| $*\t$#error $@ 5.7.1 $: \"550 \" $1 \" \" $2 \" \" $&{client_resolve} "
      "\" \" $&{client_ptr}\n";
  RuleAttempt attempt = from("2001:db8::9");
  EXPECT_EQ(
      check(rules, attempt).outcomes[0].reply.text,
      "[IPv6:2001:db8:0:0:0:0:0:9] IPv6:2001:db8:0:0:0:0:0:9 FAIL [IPv6:2001:db8:0:0:0:0:0:9]");
  attempt = from("203.0.113.9");
  attempt.client_name = "a.b";
  attempt.name_is = ClientName::forged;
  EXPECT_EQ(check(rules, attempt).outcomes[0].reply.text, "[203.0.113.9] 203.0.113.9 FORGED a.b");
  attempt.name_is = ClientName::confirmed;
  EXPECT_EQ(check(rules, attempt).outcomes[0].reply.text, "a.b 203.0.113.9 OK a.b");
  EXPECT_EQ(check(rules, attempt).outcomes[0].stage, RuleStage::connect);
}

TEST(RuleVerdicts, RefuseWhatIsNoAddress) {
  struct Case {
    std::string recipient;
    int code;
    std::string text;
  };
  const Case cases[] = {{"<x@example.net", 553, "Unbalanced '<'"},
                        {"<|/bin/sh>", 550, "Cannot mail directly to programs"},
                        {"</etc/passwd>", 550, "Cannot mail directly to files"},
                        {"<:include:/x>", 550, "Cannot mail directly to :include:s"}};
  for (const Case& each : cases) {
    RuleAttempt attempt = from("203.0.113.9");
    attempt.rcpt_to = each.recipient;
    const RuleVerdict verdict = check("", attempt);
    ASSERT_TRUE(verdict.is_decided()) << each.recipient;
    EXPECT_EQ(verdict.outcomes[0].reply.code, each.code) << each.recipient;
    EXPECT_EQ(verdict.outcomes[0].reply.text, each.text);
  }
}

TEST(RuleVerdicts, EndAnAddressAtTheFirstBlank) {
  RuleAttempt attempt = from("192.168.1.77");
  attempt.rcpt_to = "(comment) <x@example.net>";
  const RuleVerdict verdict = check("", attempt);
  ASSERT_TRUE(verdict.is_decided());
  EXPECT_EQ(verdict.outcomes[0].reply.code, 501);
}

TEST(RuleVerdicts, ForgetTheQuarantineOfAConnection) {
  const std::string held = "R$*\t$#error $@ quarantine $: odd\n";
  struct Case {
    std::string set;
    RuleOutcome::Kind kind;
  };
  const Case cases[] = {{"check_relay", RuleOutcome::Kind::accepted},
                        {"check_mail", RuleOutcome::Kind::quarantined},
                        {"check_rcpt", RuleOutcome::Kind::quarantined}};
  for (const Case& each : cases) {
    const RuleVerdict verdict = check("S" + each.set + "\n" + held, from("203.0.113.9"));
    ASSERT_TRUE(verdict.is_decided()) << each.set;
    EXPECT_EQ(verdict.outcomes[0].kind, each.kind) << each.set;
  }
}

TEST(RuleVerdicts, DiscardTheWholeMessage) {
  const std::string rules = "Scheck_rcpt\nR<a@$*>\t$#discard $:x\nR<c@$*>\t$#error $: 550 no\n";
  RuleAttempt attempt = from("203.0.113.9");
  attempt.rcpt_to = "<b@example.net>";
  EXPECT_EQ(check(rules, attempt).outcomes[0].kind, RuleOutcome::Kind::accepted);
  attempt.after = {"<a@example.net>"};
  EXPECT_EQ(check(rules, attempt).outcomes[0].kind, RuleOutcome::Kind::discarded);
  attempt.rcpt_to = "<c@example.net>";
  EXPECT_EQ(check(rules, attempt).outcomes[0].kind, RuleOutcome::Kind::refused);
}

TEST(RuleVerdicts, AskTheClientForItsCertificateWhenTlsBegins) {
  const std::string rules =
      "Stls_client\nROK $| $*\t$@OK\nR$* $| $*\t$#error $@ 5.7.0 $: \"503 \" $2 \" by \" $1\n";
  RuleAttempt attempt = from("203.0.113.9");
  EXPECT_EQ(check(rules, attempt).outcomes[0].kind, RuleOutcome::Kind::accepted);
  attempt.tls = true;
  attempt.verify = "FAIL";
  const RuleOutcome refused = check(rules, attempt).outcomes[0];
  EXPECT_EQ(refused.stage, RuleStage::mail);
  EXPECT_EQ(refused.reply.text, "STARTTLS by FAIL");
  attempt.verify = "OK";
  EXPECT_EQ(check(rules, attempt).outcomes[0].kind, RuleOutcome::Kind::accepted);
}

TEST(RuleVerdicts, TakeTheHeloBeforeStarttlsForOne) {
  const std::string rules = "O PrivacyOptions=needmailhelo\n";
  RuleAttempt attempt = from("203.0.113.9");
  EXPECT_EQ(check(rules, attempt).outcomes[0].reply.code, 503);
  attempt.tls = true;
  EXPECT_EQ(check(rules, attempt).outcomes[0].kind, RuleOutcome::Kind::accepted);
}

TEST(RuleVerdicts, CallAClientThatDoesNotGreetByItsConfirmedName) {
  const std::string rules = "Scheck_rcpt\nR$*\t$#error $@ 5.7.1 $: \"550 \" $&s\n";
  RuleAttempt attempt = from("203.0.113.9");
  EXPECT_EQ(check(rules, attempt).outcomes[0].reply.text, "[203.0.113.9]");
  attempt.client_name = "a.b";
  attempt.name_is = ClientName::forged;
  EXPECT_EQ(check(rules, attempt).outcomes[0].reply.text, "[203.0.113.9]");
  attempt.name_is = ClientName::confirmed;
  EXPECT_EQ(check(rules, attempt).outcomes[0].reply.text, "a.b");
}

TEST(RuleVerdicts, AreUndecidedWhereTheExchangersOfTheRecipientDecide) {
  const std::string rules =
      "Kmxserved bestmx -z:\nScheck_rcpt\nR$*\t$:$>3 $1\nR$+<@$+>\t$:<:$(mxserved $2 $):>\n"
      "R<$*:$=w.:$*>\t$@ OK\nR$*\t$#error $@ 5.7.1 $: \"550 Relaying denied\"\n";
  const RuleVerdict verdict = check(rules, from("203.0.113.9"));
  EXPECT_FALSE(verdict.is_decided());
  EXPECT_EQ(verdict.hidden, std::vector<std::string>{"MX of example.net"});
  EXPECT_EQ(verdict.outcomes.size(), 2U);
}

TEST(RuleVerdicts, KnowThatADaemonRunsWhereRulesAreReadForOne) {
  const std::string rules = "Scheck_rcpt\nR$*\t$#error $@ 5.7.1 $: \"550 mode \" ${opMode}\n";
  EXPECT_EQ(check(rules, from("203.0.113.9")).outcomes[0].reply.text, "mode d");
}

TEST(RuleVerdicts, NameTheLoop) {
  const RuleVerdict verdict = check("Scheck_rcpt\nR$*\t$1\n", from("203.0.113.9"));
  EXPECT_FALSE(verdict.is_decided());
  EXPECT_EQ(verdict.trouble, "Infinite loop in ruleset check_rcpt, rule 1");
  EXPECT_EQ(verdict.trouble_at.line, 15U);
}

}  // namespace
}  // namespace relayproof::sendmail
