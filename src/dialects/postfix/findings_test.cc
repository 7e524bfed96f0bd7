#include "dialects/postfix/findings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dialects/postfix/findings_context.h"
#include "dialects/postfix/findings_names.h"

namespace relayproof::postfix {
namespace {

constexpr std::string_view base =
    "compatibility_level = 3.6\nmynetworks = 127.0.0.0/8\nmydestination = example.com\n"
    "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, "
    "reject_unauth_destination\n";
constexpr std::string_view outside = "smtp inet n - y - - smtpd\n";

struct Case {
  std::string name;
  std::string main;  ///< behind `base`
  std::string expected;
  std::string master = std::string(outside);
  std::string version = "3.7";
};

// Code, severity, line and column of what is medium or worse, or of a code that is named.
std::string told(const Case& c) {
  MemoryFiles files;
  files.add("/etc/postfix/main.cf", std::string(base) + c.main);
  files.add("/etc/postfix/master.cf", c.master);
  files.add("/etc/postfix/senders", "# who\nstranger@example.net REJECT\nfriend@example.net OK\n");
  files.add("/etc/postfix/senders.db", "");
  Host host;
  host.hostname = "mail.example.com";
  host.interfaces = {*mail::Network::parse("192.0.2.25/24")};
  host.mta_version = c.version;
  const auto config = read(files, "/etc/postfix", host);
  if (!config) return config.error().message;
  TableShelf shelf(files, *config);
  std::string all;
  for (const auto& finding : findings(*config, shelf)) {
    if (finding.code == "RP3001" || finding.code == "RP3004" || finding.code == "RP1006") continue;
    const auto name = finding.where.file.substr(finding.where.file.rfind('/') + 1);
    all += finding.code + " " + std::string(to_string(finding.severity)) + " " + name + ":" +
           std::to_string(finding.where.line) + ":" + std::to_string(finding.where.column) + "|";
  }
  return all;
}

class Findings : public testing::TestWithParam<Case> {};

TEST_P(Findings, AreToldWithTheirPlace) { EXPECT_EQ(told(GetParam()), GetParam().expected); }

const Case cases[] = {
    {"NoneForARecommendedConfiguration", "", ""},
    {"AForgeablePermitInTheRelayList",
     "smtpd_relay_restrictions = check_sender_access hash:/etc/postfix/senders,\n"
     "  reject_unauth_destination\n",
     "RP2002 high senders:3:1|"},
    {"AForgeablePermitThatAnotherListMakesGood",
     "smtpd_relay_restrictions = check_helo_access inline:{ a=OK }, reject_unauth_destination\n"
     "smtpd_recipient_restrictions = reject_unauth_destination\n",
     "RP2002 medium main.cf:5:28|"},
    {"APermitBehindTheGateIsNobodysConcern",
     "smtpd_relay_restrictions = reject_unauth_destination, check_sender_access static:OK\n", ""},
    {"APermitInTheRecipientListBehindAWholeRelayListIsNone",
     "smtpd_recipient_restrictions = check_sender_access static:OK, reject_unauth_destination\n",
     ""},
    {"TheSameWithoutARelayGate",
     "smtpd_relay_restrictions =\n"
     "smtpd_recipient_restrictions = check_sender_access static:OK, reject_unauth_destination\n",
     "RP2005 medium main.cf:5:1|RP2018 high main.cf:6:32|"},
    {"AClientListThatRefusesStrangersIsEnough",
     "smtpd_relay_restrictions = check_sender_access static:OK, reject_unauth_destination\n"
     "smtpd_client_restrictions = permit_mynetworks, reject\n",
     ""},
    {"AClassIsLookedInto",
     "smtpd_restriction_classes = friends\nfriends = check_client_access static:OK\n"
     "smtpd_relay_restrictions = friends, reject_unauth_destination\n",
     "RP2018 high main.cf:6:11|"},
    {"AnotherOwnersHostName",
     "smtpd_relay_restrictions = check_client_access pcre:{{/^mail\\./ OK}}, "
     "reject_unauth_destination\n",
     "RP2002 high main.cf:5:28|"},
    {"OnesOwnHostName",
     "smtpd_relay_restrictions = check_client_access pcre:{{/\\.example\\.com$$/ OK}}, "
     "reject_unauth_destination\n",
     ""},
    {"ALocalPartOfAnyDomain",
     "smtpd_relay_restrictions = check_recipient_access inline:{ abuse@=OK }, "
     "reject_unauth_destination\n",
     "RP2002 high main.cf:5:28|"},
    {"ABackupForNamedNetworksOnly",
     "smtpd_relay_restrictions = permit_mx_backup, reject_unauth_destination\n"
     "permit_mx_backup_networks = 198.51.100.0/24\n",
     "RP2009 medium main.cf:5:28|"},
    {"AServiceForFilters", "", "RP2006 info master.cf:3:6|",
     std::string(outside) + "127.0.0.1:10025 inet n - n - - smtpd\n  -o smtpd_relay_restrictions=\n"
                            "  -o smtpd_recipient_restrictions=permit_mynetworks,reject\n"},
    {"TheSameWithinReachWithAPlainReject", "", "RP2006 low master.cf:3:6|",
     std::string(outside) + "10025 inet n - n - - smtpd\n  -o smtpd_relay_restrictions=\n"
                            "  -o smtpd_recipient_restrictions=permit_mynetworks,reject\n"},
    {"AWordThatIsGone", "smtpd_relay_restrictions = check_relay_domains, reject\n",
     "RP1009 medium main.cf:5:28|", std::string(outside), "3.9"},
    {"AWordThatIsOld", "smtpd_client_restrictions = reject_unknown_client\n",
     "RP1009 low main.cf:5:29|"},
    {"AWordInARow",
     "smtpd_client_restrictions = check_client_access inline:{ {192.0.2.1=permit_mynetwork} }\n",
     "RP1001 medium main.cf:5:29|"},
    {"ANetworkOnAContinuedLine", "mynetworks = 127.0.0.0/8\n  172.0.0.0/8, 10.0.0.0/8\n",
     "RP2003 high main.cf:6:3|RP2011 medium main.cf:6:16|"},
    {"ASubnetIsYourOwn", "mynetworks = 192.168.1.0/24 10.0.0.0/16 198.51.100.0/24\n", ""},
    {"ABridge", "mynetworks = 172.18.0.0/16\n", "RP2011 medium main.cf:5:14|"},
    {"AnExclusionTrustsNobody", "mynetworks = !0.0.0.0/0\n", ""},
    {"ANetworkWithoutBrackets", "mynetworks = 2001:db8::/32\n", "RP2007 medium main.cf:5:14|"},
    {"AProxyThatEverybodyCanReach", "", "RP2008 high master.cf:2:36|",
     "smtp inet n - y - - smtpd\n  -o smtpd_upstream_proxy_protocol=haproxy\n"},
    {"AProxyOnALoopbackAddress", "", "",
     "127.0.0.1:25 inet n - y - - smtpd\n  -o smtpd_upstream_proxy_protocol=haproxy\n"},
    {"DomainsOfOthers", "relay_domains = .co.uk example.org\nrelay_recipient_maps = static:x\n",
     "RP2016 high main.cf:5:17|"},
    {"ADomainThatIsRewrittenToItself",
     "virtual_alias_maps = pcre:{{/^(.*)\\+.*@(.*)$$/ $$1@$$2}}\n", ""},
    {"ADomainOutOfALocalPart",
     "virtual_alias_maps = pcre:{{/^(.*)=(.*)@example\\.com$$/ $$1@$$2}}\n",
     "RP2017 high main.cf:5:22|"},
    {"OneOfOnesOwnDomains",
     "virtual_alias_maps = pcre:{{/^(.*)@(a|b)\\.example\\.com$$/ $$1@$$2.example.com}}\n", ""},
    {"LoginsThatMayBeAnonymous",
     "smtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = yes\n"
     "smtpd_sasl_security_options = noplaintext\n",
     "RP3005 high main.cf:7:31|"},
    {"NothingOfWhatOnlyThisMachineReaches", "smtpd_sasl_auth_enable = yes\n", "",
     "127.0.0.1:25 inet n - y - - smtpd\n"},
};

INSTANTIATE_TEST_SUITE_P(Configurations, Findings, testing::ValuesIn(cases),
                         [](const auto& instance) { return instance.param.name; });

TEST(Names, KnowPublicSuffixesFromNamesOfNetworks) {
  for (const auto* name : {"com", ".org", "co.uk", "de"}) EXPECT_TRUE(is_public_suffix(name));
  for (const auto* name : {"localhost", "lan", "example.com", "", "192.0.2.1"}) {
    EXPECT_FALSE(is_public_suffix(name)) << name;
  }
}

}  // namespace
}  // namespace relayproof::postfix
