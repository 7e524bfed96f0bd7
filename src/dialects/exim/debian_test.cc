// Debian's update-exim4.conf.conf, and what it is expanded to.
#include "dialects/exim/debian.h"

#include <gtest/gtest.h>

#include <string>

#include "dialects/exim/small_config_test.h"

namespace relayproof::exim {
namespace {

const std::string answers_path = "/etc/exim4/update-exim4.conf.conf";

std::string answers(const std::string& type, const std::string& nets, const std::string& domains,
                    const std::string& split = "false") {
  return "# comment\ndc_eximconfig_configtype='" + type +
         "'\ndc_other_hostnames='Example.com;mail.example.com'\ndc_local_interfaces=''\n"
         "dc_readhost=''\ndc_relay_domains='" +
         domains + "'\ndc_minimaldns='false'\ndc_relay_nets='" + nets +
         "'\ndc_smarthost='smart.example.org'\nCFILEMODE='644'\ndc_use_split_config='" + split +
         "'\ndc_hide_mailname=''\ndc_mailname_in_oh='true'\ndc_localdelivery='mail_spool'\n";
}

std::string generated(MemoryFiles files, const std::string& answers) {
  files.add(answers_path, answers);
  const auto made = generate_debian(files, answers_path, "mail.example.com");
  return made ? made->source.text : "failed: " + to_string(made.error());
}

MemoryFiles with_template() {
  MemoryFiles files;
  files.add("/etc/mailname", "example.com\n");
  files.add("/etc/exim4/exim4.conf.template", "# comment\nUPEX4CmacrosUPEX4C = 1\nx = 1\n");
  return files;
}

TEST(DebiansAnswers, BecomeMacros) {
  const auto text =
      generated(with_template(), answers("internet", "198.51.100.0/24", "relayed.example"));
  for (const std::string line :
       {"MAIN_LOCAL_DOMAINS=@:localhost:example.com:mail.example.com",
        "MAIN_RELAY_TO_DOMAINS=relayed.example",
        "MAIN_RELAY_NETS=198.51.100.0/24 : 127.0.0.1 : ::::1", "ETC_MAILNAME=example.com",
        "DCconfig_internet=1", "DC_eximconfig_configtype=internet", "x = 1"}) {
    EXPECT_NE(text.find(line + '\n'), std::string::npos) << line << "\n" << text;
  }
  EXPECT_EQ(text.find("# comment"), std::string::npos);
}

TEST(DebiansAnswers, WithSemicolonsAreListsOfThose) {
  const auto text =
      generated(with_template(), answers("smarthost", "10.0.0.0/8;2001:db8::/32", ""));
  EXPECT_NE(text.find("MAIN_RELAY_NETS=<; 10.0.0.0/8;2001:db8::/32 ; 127.0.0.1 ; ::1\n"),
            std::string::npos)
      << text;
}

TEST(DebiansAnswers, TakeThePartsOfASplitConfigurationInOrder) {
  MemoryFiles files;
  for (const std::string section : {"main", "acl", "router", "transport", "retry", "rewrite"}) {
    files.add("/etc/exim4/conf.d/" + section + "/00_header", "begin_" + section + "\n");
  }
  files.add("/etc/exim4/conf.d/main/01_more", "more\n");
  files.add("/etc/exim4/conf.d/main/01_more.dpkg-old", "old\n");
  files.add("/etc/exim4/conf.d/acl/00_header.rul", "ruled\n");
  const auto text = generated(files, answers("internet", "", "", "true"));
  EXPECT_EQ(text,
            "begin_main\n\nmore\n\nruled\n\nbegin_router\n\nbegin_transport\n\nbegin_retry\n\n"
            "begin_rewrite\n\n");
}

TEST(DebiansAnswers, ThatMakeNoSenseAreNamed) {
  EXPECT_NE(generated(with_template(), answers("internet", "", "", "perhaps"))
                .find("update-exim4.conf.conf:"),
            std::string::npos);
}

std::string judged(const std::string& answers, bool with_mailname = true) {
  MemoryFiles files;
  files.add(answers_path, answers);
  if (with_mailname) files.add("/etc/mailname", "example.com\n");
  return verdict(dialects::exim::dialect.load(files, "/etc/exim4", usual_host()).value());
}

TEST(DebiansAnswers, AreJudgedWithWhatDebiansOwnTemplateMeans) {
  EXPECT_EQ(judged(answers("internet", "", "")), "closed");
  EXPECT_EQ(judged(answers("internet", "198.51.100.0/24", "")), "198.51.100.0/24");
  EXPECT_EQ(judged(answers("smarthost", "0.0.0.0/0;::/0", "")), "open");
  EXPECT_EQ(judged(answers("internet", "", "*")), "open");
  EXPECT_EQ(judged(answers("local", "0.0.0.0/0;::/0", "")), "closed");
}

}  // namespace
}  // namespace relayproof::exim
