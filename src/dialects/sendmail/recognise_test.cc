// sendmail.cf by its rules: stock ones are known by fingerprint, others are doubted.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "dialects/sendmail/rule_prints.h"
#include "dialects/sendmail/small_config_test.h"

namespace relayproof::sendmail {
namespace {

constexpr const char* cf_head =
    "V10/Berkeley\nCwlocalhost\nFw/etc/mail/local-host-names\nFR-o /etc/mail/relay-domains\n"
    "CO @ % !\nDZ8.17.1\nO DaemonPortOptions=Name=MTA\nO AliasFile=/etc/mail/aliases\n"
    "Scanonify=3\nR$*\t$@ $1\nR$+ @ $+\t$: $1 < @ $2 >\nR$+\t$: $1\nR$-\t$: $1\n"
    "Sparse=0\nR$*\t$#local $: $1\n";

TEST(Fingerprints, LeaveOutBlanksCaseAndWhatErrorsSay) {
  const auto print = print_of("check_rcpt", "$* $| $#$*\t$#error $@ 5.7.1 $: \"550 no\"");
  EXPECT_EQ(print, print_of("Check_Rcpt", "$*  $|  $#$*\t$#error $: \"551 never\""));
  EXPECT_NE(print, print_of("check_mail", "$* $| $#$*\t$#error $@ 5.7.1 $: \"550 no\""));
  EXPECT_NE(print, print_of("check_rcpt", "$* $| $#$*\t$#OK"));
  EXPECT_EQ(print_of("parse1", "$+\t$#cyrusv2 $: $1"), print_of("parse1", "$+\t$#local $: $1"));
  EXPECT_NE(print_of("parse1", "$+\t$#esmtp $: $1"), print_of("parse1", "$+\t$#local $: $1"));
}

TEST(SendmailCf, WithRulesOfOnesOwnIsUndecidedAndNamesThem) {
  const auto loaded = load_files(
      {{"sendmail.cf", std::string(cf_head) + "Scheck_rcpt\nR$* @ good.example\t$@ OK\n"}});
  EXPECT_EQ(who_relays(loaded), "undecided");
  EXPECT_TRUE(std::any_of(
      loaded.assumptions.begin(), loaded.assumptions.end(), [](const dialects::Assumption& each) {
        return each.decisive && each.text.find("good.example") != std::string::npos;
      }));
}

// No fingerprint of some versions tells that the sender's domain counts, too.
TEST(SendmailCf, TellsWhetherTheSendersDomainLetsRelay) {
  const auto has_domain = [](const std::string& keys) {
    const auto loaded = load_files(
        {{"sendmail.cf", std::string(cf_head) +
                             "SRelay_ok\nR<?> $+ < @ $+ >\t$: <@> $>SearchList <! From> $| " +
                             keys + " <>\n"}});
    return std::any_of(loaded.settings.begin(), loaded.settings.end(), [](const auto& setting) {
      return setting.name == "FEATURE" && setting.value == "relay_mail_from domain";
    });
  };
  EXPECT_TRUE(has_domain("<F:$1@$2> <D:$2>"));
  EXPECT_TRUE(has_domain("<F:$1@$2> <E:$2>"));
  EXPECT_FALSE(has_domain("<F:$1@$2>"));
}

TEST(SendmailCf, WithoutRulesForRecipientsClaimsNothingEither) {
  EXPECT_EQ(who_relays(load_files({{"sendmail.cf", cf_head}})), "undecided");
}

}  // namespace
}  // namespace relayproof::sendmail
