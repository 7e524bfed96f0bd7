// What a configuration lets whom do, by cf/README and as measured on 8.17.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "dialects/sendmail/small_config_test.h"

namespace relayproof::sendmail {
namespace {

struct Case {
  std::string says;
  std::string lines;
  std::string relays;
  std::map<std::string, std::string> files = {};
};

std::map<std::string, std::string> access(const std::string& rows) {
  return {{"access", "Connect:127 RELAY\nConnect:IPv6:::1 RELAY\n" + rows}};
}

const Case cases[] = {
    {"stock", "", "none"},
    {"stock with an access map", with_access, "none", access("")},
    {"the gate taken out", "FEATURE(`promiscuous_relay')dnl\n", "all"},
    {"a feature that dnl takes out", "dnl FEATURE(`promiscuous_relay')dnl\n", "none"},
    {"a feature that a hash does not take out", "# FEATURE(`promiscuous_relay')dnl\n", "all"},
    {"a sender that anybody can claim", "FEATURE(`relay_local_from')dnl\n", "all"},
    {"whoever names us as MX", "FEATURE(`relay_based_on_MX')dnl\n", "all"},
    {"a sender in the access map", std::string(with_access) + "FEATURE(`relay_mail_from')dnl\n",
     "all", access("From:boss@example.com RELAY\n")},
    {"a sender's domain in the access map",
     std::string(with_access) + "FEATURE(`relay_mail_from', `domain')dnl\n", "all",
     access("From:example.com RELAY\n")},
    {"a sender's domain where only addresses are asked",
     std::string(with_access) + "FEATURE(`relay_mail_from')dnl\n", "none",
     access("From:example.com RELAY\n")},
    {"a sender that is untagged", std::string(with_access) + "FEATURE(`relay_mail_from')dnl\n",
     "none", access("boss@example.com RELAY\n")},
    {"the domain's own hosts", "FEATURE(`relay_entire_domain')dnl\n", "none"},
    {"loose checks are a second hop",
     "FEATURE(`loose_relay_check')dnl\n",
     "none",
     {{"relay-domains", "example.org\n"}}},
    {"a relayed domain", "", "none", {{"relay-domains", "example.org\n"}}},
    {"an address that is written down as the host's own",
     "",
     "some",
     {{"local-host-names", "example.com\n[203.0.113.9]\n"}}},
    {"a screen of names", "FEATURE(`promiscuous_relay')FEATURE(`require_rdns')dnl\n", "all"},
    {"a sender's row ends the checks of delayed clients",
     "FEATURE(`promiscuous_relay')dnl\n" + std::string(with_access) +
         "FEATURE(`delay_checks')dnl\n",
     "all", access("From:example.net OK\nConnect:203 REJECT\n")},
    {"but not where they are asked at once",
     "FEATURE(`promiscuous_relay')dnl\n" + std::string(with_access), "some",
     access("From:example.net OK\nConnect:203 REJECT\n")},
    {"a relayed domain that strangers can register below", "", "all", {{"relay-domains", "com\n"}}},
    {"a network in relay-domains", "", "some", {{"relay-domains", "203.0.113\n"}}},
    {"a private network in relay-domains", "", "none", {{"relay-domains", "192.168\n10\n"}}},
    {"a prefix length in relay-domains", "", "none", {{"relay-domains", "203.0.113.0/24\n"}}},
    {"a whole first octet", with_access, "some", access("Connect:203 RELAY\n")},
    {"an untagged network", with_access, "some", access("203.0.113 RELAY\n")},
    {"an IPv6 network", with_access, "some", access("Connect:IPv6:2001:db8 RELAY\n")},
    {"a network that a more specific row takes back", with_access, "none",
     access("Connect:203 OK\n203 RELAY\n")},
    {"a network with a prefix length never matches", with_access, "none",
     access("0.0.0.0/0 RELAY\n203.0.113.0/24 RELAY\n")},
    {"a client whose mail is held relays, as its message is not",
     "FEATURE(`promiscuous_relay')dnl\n" + std::string(with_access), "all",
     access("Connect:net QUARANTINE:odd\nConnect:203 QUARANTINE:odd\n")},
    {"a client whose mail is held with delay_checks",
     "FEATURE(`promiscuous_relay')dnl\n" + std::string(with_access) +
         "FEATURE(`delay_checks')dnl\n",
     "some", access("Connect:203 QUARANTINE:odd\n")},
    {"a recipient's domain in the access map", with_access, "none",
     access("To:partner.example.org RELAY\n")},
    {"a top-level domain for recipients", with_access, "all", access("To:com RELAY\n")},
    {"a top-level domain that more specific rows take back", with_access, "all",
     access("To:com RELAY\nTo:example.com OK\n")},
    {"clients by a name that nobody else can have", with_access, "none",
     access("Connect:inside.example.com RELAY\n")},
    {"clients by a name that strangers can have", with_access, "all",
     access("Connect:net RELAY\n")},
    {"users who log in", "TRUST_AUTH_MECH(`LOGIN PLAIN')dnl\n", "none"},
    {"a mechanism that admits anybody",
     "TRUST_AUTH_MECH(`ANONYMOUS')dnl\ndefine(`confAUTH_MECHANISMS', `ANONYMOUS PLAIN')dnl\n",
     "all"},
    {"rows of another program", "FEATURE(`access_db', `LDAP')dnl\n", "undecided"},
    {"an access map that is not here", with_access, "undecided"},
    {"a rule of the owner's that only refuses",
     std::string("LOCAL_RULESETS\nSLocal_check_rcpt\nR$* @ bad.example $*\t$#error $: 550 no\n"),
     "none"},
    {"a rule of the owner's that lets through",
     std::string("LOCAL_RULESETS\nSLocal_check_rcpt\nR$* @ good.example $*\t$#OK\n"), "undecided"},
    {"a rule for senders", "LOCAL_RULESETS\nSLocal_check_mail\nR$*\t$#OK\n", "none"},
    {"a rule that reads addresses", "LOCAL_RULE_3\nR$* = $*\t$1 @ $2\n", "undecided"},
};

TEST(Lowering, LetsRelayWhomTheFeaturesLet) {
  for (const auto& each : cases) {
    const auto loaded = load(each.lines, each.files);
    EXPECT_TRUE(loaded.runs) << each.says << ": " << loaded.why_not;
    EXPECT_EQ(who_relays(loaded), each.relays) << each.says;
  }
}

TEST(Lowering, ListensWhereDaemonOptionsSay) {
  const auto loopback =
      load_files({{"sendmail.mc",
                   "OSTYPE(`debian')FEATURE(`no_default_msa')\n"
                   "DAEMON_OPTIONS(`Family=inet,  Name=MTA-v4, Port=smtp, Addr=127.0.0.1')dnl\n"
                   "FEATURE(`promiscuous_relay')\n"}});
  EXPECT_EQ(who_relays(loopback), "none");
  const auto by_itself = load_files({{"sendmail.mc", "OSTYPE(`linux')FEATURE(`redirect')\n"}});
  ASSERT_EQ(by_itself.policy.doors.size(), 3U);
  EXPECT_EQ(by_itself.policy.doors[2].port, 587);
}

TEST(Lowering, AnswersTheClientAsSendmailDoes) {
  const auto loaded = load(with_access, access("Connect:198.51.100 RELAY\nTo:example.org RELAY\n"));
  const auto at = [&](std::string_view client, std::string to) {
    return told(loaded, attempt(client, "<>", std::move(to)));
  };
  EXPECT_EQ(at("203.0.113.9", "<alice@example.com>"), "250 local");
  EXPECT_EQ(at("203.0.113.9", "<alice@example.net>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<alice>"), "250 local");
  EXPECT_EQ(at("203.0.113.9", "<alice%example.net@example.com>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<example.net!alice>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<example.net!alice@example.com>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<\"alice@example.net\">"), "550");
  EXPECT_EQ(at("203.0.113.9", "<\"alice@example.net\"@[192.0.2.25]>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<@example.com:alice@example.net>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<alice@[192.0.2.25]>"), "250 local");
  EXPECT_EQ(at("203.0.113.9", "<a@example.org>"), "250 handed-on a@example.org");
  EXPECT_EQ(at("203.0.113.9", "<a@mx.example.org>"), "250 handed-on a@mx.example.org");
  EXPECT_EQ(at("203.0.113.9", "<a%example.net@example.org>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<a%example.com@example.org>"),
            "250 handed-on a%example.com@example.org");
  EXPECT_EQ(at("198.51.100.9", "<alice@example.net>"), "250 handed-on alice@example.net");
  EXPECT_EQ(at("127.0.0.1", "<alice@example.net>"), "250 handed-on alice@example.net");
  EXPECT_EQ(at("192.0.2.25", "alice@example.net"), "250 handed-on alice@example.net");
}

TEST(Lowering, AsksClientsAsSendmailDoes) {
  const auto at = [](const dialects::Loaded& loaded, policy::Attempt attempt) {
    return told(loaded, attempt);
  };
  auto forged = attempt("203.0.113.9", "<>", "<alice@example.com>");
  forged.reverse_name = "host.example.net";
  forged.name_confirmed = false;
  auto named = forged;
  named.name_confirmed = true;
  const auto nameless = attempt("203.0.113.9", "<>", "<alice@example.com>");
  const auto rdns = load("FEATURE(`require_rdns')dnl\n", {{"relay-domains", "203.0.114\n"}});
  EXPECT_EQ(at(rdns, named), "250 local");
  EXPECT_EQ(at(rdns, forged), "451");
  EXPECT_EQ(at(rdns, nameless), "550");
  EXPECT_EQ(at(rdns, attempt("203.0.114.9", "<>", "<alice@example.com>")), "250 local");
  const auto rows = access("Connect:example.net REJECT\n");
  EXPECT_EQ(at(load(with_access, rows), forged), "250 local");
  EXPECT_EQ(at(load(with_access, rows), named), "550");
  EXPECT_EQ(at(load(std::string(with_access) + "FEATURE(`use_client_ptr')dnl\n", rows), forged),
            "550");
  // A host that greets with our name is refused only where the checks are delayed.
  auto bogus = nameless;
  bogus.helo = "mail.example.com";
  EXPECT_EQ(at(load("FEATURE(`block_bad_helo')dnl\n"), bogus), "250 local");
  const auto delayed =
      load(std::string(with_access) + "FEATURE(`delay_checks')FEATURE(`block_bad_helo')dnl\n",
           access(""));
  EXPECT_EQ(at(delayed, bogus), "550");
  bogus.helo = "client.example.net";
  EXPECT_EQ(at(delayed, bogus), "250 local");
  bogus.helo.reset();
  EXPECT_EQ(at(delayed, bogus), "250 local");
}

TEST(Lowering, ReadsCommentsAndBlanksAsSendmailDoes) {
  const auto loaded = load("", {{"relay-domains", "203.0.113\n"}});
  const auto to = [&](std::string recipient) {
    return told(loaded, attempt("203.0.113.9", "<>", std::move(recipient)));
  };
  EXPECT_EQ(to("<bob(a (b) c)@example.net>"), "250 handed-on bob@example.net");
  EXPECT_EQ(to("<bob @ example.net>"), "250 handed-on bob@example.net");
  EXPECT_EQ(to("<bob b@example.net>"), "250 handed-on bob.b@example.net");
  EXPECT_EQ(to("<bob)@example.net>"), "501");
  EXPECT_EQ(to("<bob(@example.net>"), "501");
}

TEST(Lowering, FollowsVirtualUsersAndAliases) {
  const auto loaded =
      load("FEATURE(`virtusertable')dnl\ndefine(`ALIAS_FILE', `/etc/aliases')dnl\n",
           {{"virtusertable",
             "info@example.com bob@example.net\n@example.com %1@example.org\n"
             "no@example.com error:nouser 550 no such user\n"},
            {"/etc/aliases", "root: alice, carol@example.net\n  ,dave\nalice: \\alice\n"}});
  const auto to = [&](std::string recipient) {
    return told(loaded, attempt("203.0.113.9", "<>", std::move(recipient)));
  };
  EXPECT_EQ(to("<info@example.com>"), "250 handed-on bob@example.net");
  EXPECT_EQ(to("<any@example.com>"), "250 handed-on any@example.org");
  EXPECT_EQ(to("<no@example.com>"), "550");
  EXPECT_EQ(to("<root>"), "250 local handed-on carol@example.net local");
}

}  // namespace
}  // namespace relayproof::sendmail
