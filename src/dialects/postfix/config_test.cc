#include "dialects/postfix/config.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace relayproof::postfix {
namespace {

constexpr const char* here = "/etc/postfix";

Host host(const char* version = "3.7.11") {
  Host known;
  known.hostname = "mx.example.com";
  known.mta_version = version;
  for (const char* network : {"127.0.0.1/8", "192.0.2.7/24", "::1/128", "2001:db8::7/64"}) {
    known.interfaces.push_back(*mail::Network::parse(network));
  }
  return known;
}

Config config_of(const std::string& main_cf, const Host& known = host(),
                 const std::string& master_cf = "smtp inet n - n - - smtpd\n") {
  const MemoryFiles files(
      {{"/etc/postfix/main.cf", main_cf}, {"/etc/postfix/master.cf", master_cf}});
  const Result<Config> config = read(files, here, known);
  EXPECT_TRUE(config) << to_string(config.error());
  return *config;
}

std::string error_of(const std::map<std::string, std::string>& contents, const std::string& path) {
  const Result<Config> config = read(MemoryFiles(contents), path, host());
  return config ? "read" : to_string(config.error());
}

std::string assumed(const Config& config) {
  std::string names;
  for (const Assumption& assumption : config.assumptions()) names += assumption.name + ' ';
  return names;
}

std::string fatal(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    if (problem.kind == Problem::Kind::fatal)
      text += to_string(problem.where) + ' ' + problem.says + '\n';
  }
  return text;
}

TEST(Config, HasTheDefaultsOfItsVersionAndCompatibilityLevel) {
  struct Row {
    const char* version;
    const char* level;  // null: not set
    const char* name;
    const char* value;
  };
  const char* restrictions =
      "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination";
  const char* destinations = "mx.example.com, localhost.example.com, localhost";
  const char* hosts = "127.0.0.1/32 192.0.2.7/32 [::1]/128 [2001:db8::7]/128";
  const char* subnets = "127.0.0.0/8 192.0.2.0/24 [::1]/128 [2001:db8::]/64";
  const Row rows[] = {
      {"2.10.10", nullptr, "smtpd_relay_restrictions", restrictions},
      {"3.2.0", nullptr, "smtpd_relay_restrictions", restrictions},
      {"3.3.0", nullptr, "smtpd_relay_restrictions", ""},
      {"3.9.1", nullptr, "smtpd_relay_restrictions", ""},
      {"3.9.1", "1", "smtpd_relay_restrictions", restrictions},
      {"2.11.0", nullptr, "relay_domains", destinations},
      {"3.9.1", "1", "relay_domains", destinations},
      {"3.5.0", "2", "relay_domains", ""},
      {"3.9.1", "3.6", "relay_domains", ""},
      {"2.10.0", nullptr, "mynetworks", subnets},
      {"3.9.1", "1", "mynetworks", subnets},
      {"3.9.1", "2", "mynetworks", hosts},
      {"3.9.1", "2", "smtpd_relay_before_recipient_restrictions", "no"},
      {"3.9.1", "3.6", "smtpd_relay_before_recipient_restrictions", "yes"},
      {"3.9.1", "0", "append_dot_mydomain", "yes"},
      {"3.9.1", "1", "append_dot_mydomain", "no"},
      {"3.9.1", nullptr, "myorigin", "mx.example.com"},
      {"3.9.1", nullptr, "mydomain", "example.com"},
      {"3.9.1", nullptr, "local_transport", "local:mx.example.com"},
      {"3.9.1", nullptr, "permit_mx_backup_networks", ""},
      {"3.9.1", nullptr, "no_such_name", ""},
  };
  for (const Row& row : rows) {
    const std::string text =
        row.level == nullptr ? "" : std::string("compatibility_level = ") + row.level + '\n';
    const Value value = config_of(text, host(row.version)).effective(row.name);
    EXPECT_EQ(value.text, row.value) << row.version << ' ' << row.name << ' ' << text;
    EXPECT_TRUE(value.setting->is_default()) << row.name;
  }
}

TEST(Config, TakesTheLastOfSeveralLinesAndTheOverrideBeforeThem) {
  const Config config = config_of("relayhost = a\nmynetworks = 10.0.0.0/8\nrelayhost = b\n", host(),
                                  "smtp inet n - n - - smtpd\n"
                                  "587 inet n - n - - smtpd\n"
                                  "  -o relayhost=c\n  -o relayhost=$mynetworks\n");
  EXPECT_EQ(config.effective("relayhost").text, "b");
  EXPECT_EQ(config.effective("relayhost").locate(0).line, 3U);
  EXPECT_EQ(config.effective(config.services()[0], "relayhost").text, "b");
  const Value value = config.effective(config.services()[1], "relayhost");
  EXPECT_EQ(value.text, "10.0.0.0/8");
  EXPECT_EQ(to_string(value.setting->where), "/etc/postfix/master.cf:4:16");
  EXPECT_EQ(to_string(value.locate(3)), "/etc/postfix/main.cf:2:17");
  EXPECT_EQ(config.settings().size(), 3U);
}

TEST(Config, PointsIntoReferencesOfSeveralLines) {
  const Config config = config_of(
      "mine = 192.0.2.0/24\n"
      "mynetworks = 127.0.0.0/8,\n  # the office\n  $mine\n  0.0.0.0/0\n"
      "smtpd_authorized_xclient_hosts = $mynetworks\n");
  const Value value = config.effective("smtpd_authorized_xclient_hosts");
  ASSERT_EQ(value.text, "127.0.0.0/8,  192.0.2.0/24  0.0.0.0/0");
  EXPECT_EQ(to_string(value.locate(value.text.find("192"))), "/etc/postfix/main.cf:1:8");
  EXPECT_EQ(to_string(value.locate(value.text.find("0.0.0.0/0"))), "/etc/postfix/main.cf:5:3");
  EXPECT_EQ(value.written_in(value.text.find("192")).name, "mine");
  EXPECT_EQ(value.uses.size(), 3U);
}

TEST(Config, GivesReferencesToDefaultsOnlyWhatWasReadBefore) {
  // mydestination is read before relay_domains, which has a default all the same; $mydestination
  // is not yet known to myhostname. postconf -x would show a loop here, and Postfix runs.
  const Config config = config_of("mydestination = here.example.com $relay_domains\n");
  EXPECT_EQ(config.effective("mydestination").text, "here.example.com ");
  EXPECT_EQ(config.effective("relay_domains").text, "here.example.com ");
  EXPECT_EQ(config_of("myorigin = $mydestination\n").effective("myorigin").text,
            "mx.example.com, localhost.example.com, localhost");
  EXPECT_EQ(config_of("myhostname = a$mydestination.example.org\n").effective("myhostname").text,
            "a.example.org");
  EXPECT_EQ(config_of("mydomain = b.$myhostname\n", Host{}).effective("myhostname").text,
            "localhost.b.");
}

TEST(Config, ReadsMyoriginFromAFileAsDebianDoes) {
  std::map<std::string, std::string> files = {
      {"/jail/etc/postfix/main.cf", "myorigin = /etc/mailname\nmydestination = $myorigin\n"},
      {"/jail/etc/mailname", " example.org \n"}};
  const Result<Config> config = read(MemoryFiles(files), "/jail/etc/postfix", host());
  ASSERT_TRUE(config);
  EXPECT_EQ(config->effective("myorigin").text, "example.org");
  EXPECT_EQ(config->effective("myorigin").locate(0).file, "/jail/etc/mailname");
  EXPECT_EQ(config->effective("mydestination").text, "/etc/mailname");
  files.erase("/jail/etc/mailname");
  const Result<Config> without = read(MemoryFiles(files), "/jail/etc/postfix", host());
  EXPECT_EQ(without->effective("myorigin").text, "mx.example.com");
  EXPECT_EQ(assumed(*without), "master.cf myorigin ");
}

TEST(Config, HasAValueUnderStress) {
  const Config config = config_of("smtpd_client_restrictions = ${stress?{permit}:{reject}}\n");
  const Service& smtp = config.services().front();
  EXPECT_EQ(config.effective(smtp, "smtpd_client_restrictions").text, "reject");
  EXPECT_EQ(config.effective_under_stress(smtp, "smtpd_client_restrictions").text, "permit");
}

TEST(Config, SaysWhatItAssumed) {
  EXPECT_EQ(assumed(config_of("")), "");
  EXPECT_EQ(assumed(config_of("", Host{})), "--mta-version --hostname --interface --interface ");
  EXPECT_EQ(assumed(config_of("myhostname = a.example.org\nmynetworks = 127.0.0.0/8\n"
                              "inet_interfaces = loopback-only\n",
                              Host{})),
            "--mta-version ");
  const std::map<std::string, std::string> one = {{"/x/main.cf", "relayhost = a\n"}};
  const Result<Config> alone = read(MemoryFiles(one), "/x", host());
  EXPECT_EQ(assumed(*alone), "master.cf ");
  EXPECT_EQ(alone->services().front().id(), "smtp inet");
  EXPECT_EQ(alone->master_cf(), "");
}

TEST(Config, ReadsTheOutputOfPostconf) {
  const MemoryFiles files({{"/tmp/shown", "mydestination =\nmynetworks = 10.0.0.0/8\n"},
                           {"/tmp/master.cf", "nonsense"}});
  const Result<Config> config = read(files, "/tmp/shown", host());
  ASSERT_TRUE(config);
  EXPECT_EQ(config->effective("mynetworks").text, "10.0.0.0/8");
  EXPECT_EQ(config->effective("mydestination").text, "");
  EXPECT_EQ(assumed(*config), "master.cf ");
}

TEST(Config, SaysInOneLineWhatCannotBeRead) {
  EXPECT_EQ(error_of({}, "/nowhere"), "/nowhere: no such file or folder");
  EXPECT_EQ(error_of({{"/etc/exim4/exim4.conf", ""}}, "/etc/exim4"),
            "/etc/exim4: no main.cf here, so this is no configuration of Postfix");
  EXPECT_EQ(error_of({{"/etc/postfix/main.cf", ""}}, "/etc"),
            "/etc: no main.cf here; did you mean /etc/postfix?");
  EXPECT_EQ(error_of({{"/smtpd.conf", "listen on all\n"}}, "/smtpd.conf"),
            "/smtpd.conf:1:1: not the output of postconf -n: missing '=' after attribute name: "
            "\"listen on all\"");
  EXPECT_EQ(error_of({{"/x.conf", "a = b\n"}}, "/x.conf"),
            "/x.conf: holds no parameter of Postfix");
  EXPECT_EQ(error_of({{"/p/main.cf", ""}, {"/p/master.cf", ""}}, "/p/master.cf"), "read");
}

TEST(Config, KnowsWhatStopsPostfix) {
  struct Row {
    const char* main_cf;
    const char* fatal;
  };
  const Row rows[] = {
      {"soft_bounce = maybe\n",
       "/etc/postfix/main.cf:1:15 neither yes nor no: soft_bounce = maybe\n"},
      {"myhostname =\n", "/etc/postfix/main.cf:1:1 must not be empty: myhostname = \n"},
      {"myhostname = a_b..c\n", "/etc/postfix/main.cf:1:14 not a host name: myhostname = a_b..c\n"},
      {"mynetworks = $mynetworks\n",
       "/etc/postfix/main.cf:1:15 references nest too deep, or form a loop: \"mynetworks\"\n"},
      {"mydestination = a\n  ${x\n",
       "/etc/postfix/main.cf:2:3 a reference that does not end: \"${x\"\n"},
      {"relayhost = mx.example.com\n",
       "/etc/postfix/main.cf:1:13 the same as myhostname: relayhost = mx.example.com\n"},
      {"mynetworks_style = all\n",
       "/etc/postfix/main.cf:1:20 none of class, subnet, host: mynetworks_style = all\n"},
      {"inet_protocols = ipv5\n",
       "/etc/postfix/main.cf:1:18 none of all, ipv4, ipv6: inet_protocols = ipv5\n"},
      {"compatibility_level = x\n",
       "/etc/postfix/main.cf:1:23 not a compatibility level: compatibility_level = x\n"},
      {"soft_bounce = YES\nmessage_size_limit = 0\nunknown = ${\nmax_idle = 5m\n", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(fatal(config_of(row.main_cf).problems()), row.fatal);
}

TEST(Config, KnowsWhatStopsOneService) {
  const Config config =
      config_of("smtpd_delay_reject = perhaps\nsoft_bounce = no\n", host(),
                "smtp inet n - n - - smtpd\n"
                "587 inet n - n - - smtpd -o smtpd_delay_reject=no\n"
                "588 inet n - n - - smtpd -o smtpd_timeout=1y -o smtpd_delay_reject=no\n"
                "smtp unix - - n - - smtp\n");
  EXPECT_EQ(fatal(config.problems()), "");
  EXPECT_EQ(fatal(config.problems(config.services()[0])),
            "/etc/postfix/main.cf:1:22 neither yes nor no: smtpd_delay_reject = perhaps\n");
  EXPECT_EQ(fatal(config.problems(config.services()[1])), "");
  EXPECT_EQ(fatal(config.problems(config.services()[2])),
            "/etc/postfix/master.cf:3:43 not a number that Postfix reads: smtpd_timeout = 1y\n");
  EXPECT_EQ(fatal(config.problems(config.services()[3])), "");
}

TEST(Config, FindsServicesAndWhichAreDisabled) {
  const Config config =
      config_of("master_service_disable = 25.inet, !smtps/inet, qmqp/inet\n", host(),
                "25 inet n - n - - smtpd\nsmtps inet n - n - - smtpd\n"
                "relay unix - - n - - smtp\nrelay unix - - n - - lmtp\n");
  EXPECT_TRUE(config.services()[0].is_disabled);
  EXPECT_FALSE(config.services()[1].is_disabled);
  EXPECT_EQ(config.service("25", Service::Type::inet), nullptr);
  ASSERT_NE(config.service("relay", Service::Type::unix_stream), nullptr);
  EXPECT_EQ(config.service("relay", Service::Type::unix_stream)->command, "lmtp");
}

std::string shown(const Addresses& at) {
  std::string text;
  for (const mail::IpAddress& address : at.addresses) text += address.to_string() + ' ';
  return text + (at.complete ? "" : "...");
}

TEST(Config, KnowsWhereItListensAndWhichAddressesAreItsOwn) {
  struct Row {
    const char* main_cf;
    const char* service;
    const char* listens;
    const char* own;
  };
  const char* all = "127.0.0.1 192.0.2.7 ::1 2001:db8::7 ";
  const Row rows[] = {
      {"", "25", "0.0.0.0 :: ", all},
      {"inet_protocols = ipv4\n", "25", "0.0.0.0 ", "127.0.0.1 192.0.2.7 "},
      {"inet_interfaces = loopback-only\n", "25", "127.0.0.1 ::1 ", "127.0.0.1 ::1 "},
      {"inet_interfaces = 192.0.2.7, [::1]\n", "25", "192.0.2.7 ::1 ", "192.0.2.7 ::1 "},
      {"inet_interfaces = mx.example.com\n", "25", "...", "..."},
      {"inet_interfaces = loopback-only\n", "192.0.2.9:25", "192.0.2.9 ", "127.0.0.1 ::1 "},
      {"proxy_interfaces = 198.51.100.1\n", "localhost:26", "127.0.0.1 ::1 ",
       "127.0.0.1 192.0.2.7 ::1 2001:db8::7 198.51.100.1 "},
  };
  for (const Row& row : rows) {
    const Config config =
        config_of(row.main_cf, host(), std::string(row.service) + " inet n - n - - smtpd\n");
    EXPECT_EQ(shown(config.listens_at(config.services().front())), row.listens) << row.main_cf;
    EXPECT_EQ(shown(config.own_addresses()), row.own) << row.main_cf;
  }
  EXPECT_EQ(shown(config_of("", Host{}).own_addresses()), "127.0.0.1 ::1 ...");
}

TEST(Values, AreReadAsPostfixReadsThem) {
  EXPECT_EQ(to_bool("YES"), true);
  EXPECT_EQ(to_bool("no"), false);
  EXPECT_EQ(to_bool("true"), std::nullopt);
  EXPECT_EQ(to_integer("-12"), -12);
  EXPECT_EQ(to_integer("12k"), std::nullopt);
  EXPECT_EQ(to_seconds("5m", 's'), 300);
  EXPECT_EQ(to_seconds("5", 'd'), 432000);
  EXPECT_EQ(to_seconds("5y", 's'), std::nullopt);
  EXPECT_EQ(to_seconds("99999999999w", 's'), std::nullopt);
}

TEST(Version, IsReadFromWhatPostconfPrints) {
  EXPECT_EQ(Version::parse("3.7.11"), (Version{3, 7}));
  EXPECT_EQ(Version::parse("2.10-RC1"), (Version{2, 10}));
  EXPECT_EQ(Version::parse("3"), std::nullopt);
  EXPECT_EQ(Version::parse("new"), std::nullopt);
  EXPECT_EQ(config_of("", host("3.11.2")).version(), newest_version);
  EXPECT_TRUE(config_of("compatibility_level = 3.6\n").compatible_with("2"));
  EXPECT_FALSE(config_of("compatibility_level = 3.6\n").compatible_with("3.10"));
  EXPECT_FALSE(config_of("", host("2.11")).compatible_with("0"));
}

}  // namespace
}  // namespace relayproof::postfix
