// The rewriting language, a rule at a time.
#include "dialects/sendmail/rewriting.h"

#include <gtest/gtest.h>

#include <string>

#include "dialects/sendmail/cf_text.h"

namespace relayproof::sendmail {
namespace {

const MemoryFiles& files() {
  static const MemoryFiles all(
      {{"/etc/mail/access", "192.168.1\tRELAY\nexample.org\tERROR:%0:%1\nALL REJECT\n"},
       {"/etc/passwd", "alice:x:1000:1000:Alice:/home/alice:/bin/sh\n"}});
  return all;
}

struct Ran {
  std::string tokens, trouble;
};

// What rule set `try` makes of an address, tokens between spaces.
Ran run(const std::string& rules, const std::string& address) {
  const auto cf = read_cf_text("V10\nO OperatorChars=.:%@!^/[]+\nCPlist of.words\n" + rules,
                               "sendmail.cf", files(), CfHost{"mail.example.com", {}, {}});
  EXPECT_TRUE(cf);
  const Maps maps(*cf, files());
  Rewriter rewriter(*cf, maps, [](auto, const auto&, const auto&) { return std::size_t{0}; });
  const auto tokens = rewriter.tokenizer().cut(address, {Scan::rule, '\0', false}).tokens;
  Ran found;
  for (const std::string& each : rewriter.run("try", tokens).tokens) {
    found.tokens += (found.tokens.empty() ? "" : " ") + to_external(each, cf->names);
  }
  found.trouble = rewriter.trouble();
  return found;
}

struct Case {
  std::string rules, address, tokens;
};

TEST(Rules, RewriteTokens) {
  const Case cases[] = {
      {"Stry\nR$+@$+\t$:$2!$1\n", "a@b.c", "b . c ! a"},
      {"Stry\nR$+.$+\t$:$1 $2\n", "a.b.c", "a b . c"},
      {"Stry\nR$*<$*>$*<$*>$*\t$:$4\n", "<a><b>", "b"},
      {"Stry\nR$-\t$@one\nR$@\t$@none\n", "a", "one"},
      {"Stry\nR$=P@$~P\t$:member $1 $2\n", "of.words@x", "member of . words x"},
      {"Stry\nR$=P@$~P\t$:member\n", "list@list", "list @ list"},
      {"Stry\nRA.$-\t$:$1\n", "a.B", "B"},
      {"Stry\nR$+ %$-\t$1\n", "a%b%c", "a"},
      {"Stry\nRa\t$:b\nRb\tc\n", "a", "c"},
      {"Stry\nRa\t$@b\nRb\tc\n", "a", "b"},
      {"Stry\nR$*\t$#error $@ 5.7.1 $: \"550 no\"\nR$*\tmore\n", "a",
       "$# error $@ 5 . 7 . 1 $: \"550 no\""},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(run(each.rules, each.address).tokens, each.tokens) << each.rules;
  }
}

TEST(Rules, CallRuleSetsFromTheRight) {
  EXPECT_EQ(run("Sin\nR$-\t$:<$1>\nR$-$+\t$:($1)$2\nStry\nR$+\t$:$>in a $>in $1\n", "x").tokens,
            "( a ) ( < ) x >");
  // A set without rules is left out, and the token behind it is not looked at.
  EXPECT_EQ(run("Sempty\nStry\nR$+\t$:$>empty $1\n", "x").tokens, "x");
}

TEST(Rules, LookMapsUp) {
  const std::string maps =
      "Kaccess hash -a<+> /etc/mail/access\nKmath arith\nKstore macro\nKplain dequote\n"
      "Kreg regex -s1 ^(a+)b\nKboth sequence missing access\nKmissing null\nKpw user -vname\n";
  const Case cases[] = {
      {"R$+\t$:$(access $1 $: NO $)\n", "192.168.1", "RELAY < + >"},
      {"R$+\t$:$(access $1 $: NO $)\n", "192.168", "NO"},
      {"R$+\t$:$(access $1 $)\n", "192.168", "192 . 168"},
      {"R$+\t$:$(access $1 $@ a.b $: NO $)\n", "EXAMPLE.org",
       "ERROR : EXAMPLE . org : a . b < + >"},
      {"R$+\t$:$(math + $@ 2 $@ $1 $)\n", "40", "42"},
      {"R$+\t$:$(math l $@ 2 $@ $1 $)\n", "40", "TRUE"},
      {"R$+\t$:$(store {x} $@ $1 $) y\nR$*\t$:$&{x} $1\n", "a.b", "a . b y"},
      {"R$+\t$:$(plain $1 $)\n", "\"a.b\"", "a . b"},
      {"R$+\t$:$(plain $1 $: NO $)\n", "a.b", "NO"},
      {"R$+\t$:$(reg $1 $: NO $)\n", "aab", "aa"},
      {"R$+\t$:$(both $1 $: NO $)\n", "192.168.1", "RELAY < + >"},
      {"R$+\t$:$(pw $1 $: NO $)\n", "ALICE", "alice"},
      {"R$+\t$:$[ $1 $]\n", "x.example", "x . example ."},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(run(maps + "Stry\n" + each.rules, each.address).tokens, each.tokens) << each.rules;
  }
}

TEST(Rules, ThatEndNowhereAreNamed) {
  EXPECT_EQ(run("Stry\nR$*\t$1 x\n", "a").trouble, "Infinite loop in ruleset try, rule 1");
  EXPECT_EQ(run("Stry\nR$*\t$:$>try $1\n", "a").trouble,
            "excessive recursion (max 50), ruleset try");
  EXPECT_EQ(run("Stry\nR$*\t$:$>nowhere $1\n", "a").trouble, "Unknown ruleset nowhere");
  EXPECT_EQ(run("Stry\nR$*\t$:$(nowhere $1 $)\n", "a").trouble, "map nowhere not found");
  EXPECT_EQ(run("FU|/bin/x\nStry\nR$=U\t$:yes\n", "a").trouble, "not all members of $=U are known");
  EXPECT_EQ(run("Kdir ldap -k x\nStry\nR$*\t$:$(dir $1 $)\n", "a").trouble,
            "what dir holds for a is in no file");
  // Nine wildcards and nothing that fits behind them.
  std::string address;
  for (int at = 0; at < 300; ++at) address += "a.";
  EXPECT_EQ(run("Stry\nR$*a$*a$*a$*a$*a$*a$*a$*a$*b\t$:x\n", address).trouble,
            "it takes too long to run the rules");
}

TEST(Addresses, AreCutAsSendmailCutsThem) {
  const Case cases[] = {
      {"", "a(comment)b@c", "a b @ c"},
      {"", "\"a b\"@c", "\"a b\" @ c"},
      {"", "a\\@b@c", "a\\@b @ c"},
      {"", "a..b", "a . . b"},
      {"", "<a", "< a >"},
      {"", "a>b", "ab"},
      {"", "a\\!b", "a ! b"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(run("Stry\n", each.address).tokens, each.tokens) << each.address;
  }
}

}  // namespace
}  // namespace relayproof::sendmail
