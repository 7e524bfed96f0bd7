#include "dialects/postfix/coverage.h"

#include <gtest/gtest.h>

#include <string>

#include "base/file_system.h"

namespace relayproof::postfix {
namespace {

std::string covered(const std::string& main_cf, const std::string& master_cf) {
  const MemoryFiles files({{"/p/main.cf", main_cf}, {"/p/master.cf", master_cf}});
  Host host;
  host.mta_version = "3.5";
  const Result<Config> config = read(files, "/p", host);
  if (!config) return to_string(config.error());
  std::string text;
  for (const CoverageLine& line : coverage(*config)) {
    text += to_string(line.where) + ' ' + std::string(to_string(line.support)) + ' ' + line.text +
            (line.why.empty() ? "" : " (" + line.why + ')') + '\n';
  }
  return text;
}

TEST(Coverage, JudgesEachLineOfMainCf) {
  EXPECT_EQ(covered("mynetworks = 10.0.0.0/8\n"
                    "biff = no\n"
                    "smtpd_command_filter = pcre:/x\n"
                    "milter_header_checks =\n"
                    "mynetwork = 0.0.0.0/0\n"
                    "of_nobody = x\n"
                    "mine = y\n"
                    "relayhost = $mine\n"
                    "smtpd_restriction_classes = strict\n"
                    "strict = permit\n"
                    "foo_destination_recipient_limit = 1\n"
                    "virtual_alias_maps = ldap:people\n"
                    "people_server_host = z\n"
                    "local_login_sender_maps = static:x\n"
                    "relayhost = $mine\n"
                    "virtual_maps = hash:/x\n"
                    "no sign\n",
                    ""),
            "/p/main.cf:1:1 understood mynetworks = 10.0.0.0/8\n"
            "/p/main.cf:2:1 irrelevant biff = no\n"
            "/p/main.cf:3:1 unsupported smtpd_command_filter = pcre:/x (it changes what clients "
            "say before it is checked)\n"
            "/p/main.cf:4:1 irrelevant milter_header_checks =  (it is the default)\n"
            "/p/main.cf:5:1 unrecognised mynetwork = 0.0.0.0/0 (did you mean mynetworks?)\n"
            "/p/main.cf:6:1 unrecognised of_nobody = x (no parameter of Postfix, and nothing "
            "refers to it)\n"
            "/p/main.cf:7:1 understood mine = y (a name of your own)\n"
            "/p/main.cf:8:1 irrelevant relayhost = $mine (line 15 sets it again)\n"
            "/p/main.cf:9:1 understood smtpd_restriction_classes = strict\n"
            "/p/main.cf:10:1 understood strict = permit (a restriction class)\n"
            "/p/main.cf:11:1 irrelevant foo_destination_recipient_limit = 1 (it limits a "
            "transport)\n"
            "/p/main.cf:12:1 understood virtual_alias_maps = ldap:people\n"
            "/p/main.cf:13:1 irrelevant people_server_host = z (it says where a table is to be "
            "asked)\n"
            "/p/main.cf:14:1 irrelevant local_login_sender_maps = static:x (Postfix 3.5 has no "
            "such parameter)\n"
            "/p/main.cf:15:1 understood relayhost = $mine\n"
            "/p/main.cf:16:1 understood virtual_maps = hash:/x (the old name of "
            "virtual_alias_maps)\n"
            "/p/main.cf:17:1 unrecognised no sign (Postfix refuses this line and does not run)\n");
}

TEST(Coverage, JudgesEachServiceAndItsOverrides) {
  EXPECT_EQ(covered("inet_interfaces = all\n",
                    "smtp inet n - n - - smtpd\n"
                    "  -o smtpd_tls_security_level=may -o syslog_name=x\n"
                    "127.0.0.1:10023 inet n n n - 0 spawn user=x argv=y\n"
                    "10024 inet n n n - 0 spawn user=x argv=y\n"
                    "showq unix n - n - - showq\n"
                    "  -o mynetworks=0.0.0.0/0\n"),
            "/p/main.cf:1:1 understood inet_interfaces = all\n"
            "/p/master.cf:1:1 understood smtp inet smtpd\n"
            "/p/master.cf:2:6 understood -o smtpd_tls_security_level = may\n"
            "/p/master.cf:2:38 irrelevant -o syslog_name = x\n"
            "/p/master.cf:3:1 irrelevant 127.0.0.1:10023 inet spawn (a program that only this "
            "machine can reach)\n"
            "/p/master.cf:4:1 unsupported 10024 inet spawn (a program of its own that others can "
            "reach)\n"
            "/p/master.cf:5:1 irrelevant showq unix showq\n"
            "/p/master.cf:6:6 irrelevant -o mynetworks = 0.0.0.0/0\n");
}

}  // namespace
}  // namespace relayproof::postfix
