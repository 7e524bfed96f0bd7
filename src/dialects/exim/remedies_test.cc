// What is proposed to close a configuration: the text that comes out, and that it is closed.
#include "dialects/exim/remedies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dialects/exim/small_config_test.h"

namespace relayproof::exim {
namespace {

struct Proposed {
  std::string says;
  std::string text;  // of the edited file
};

std::vector<Proposed> proposed(const MemoryFiles& files, const std::string& file,
                               std::size_t line) {
  dialects::RemedyRequest request;
  request.causes = {{file, line, 1}};
  request.networks = {*mail::Network::parse("198.51.100.0/24")};
  std::vector<Proposed> found;
  for (const auto& remedy : remedies(files, "/etc/exim4", usual_host(), request)) {
    std::string text = **files.read(file);
    for (const auto& edit : remedy.edits) {
      EXPECT_EQ(edit.file, file);
      text.replace(edit.offset, edit.length, edit.text);
    }
    found.push_back({remedy.says, text});
  }
  return found;
}

std::size_t line_of(const std::string& text, const std::string& part) {
  const auto at = static_cast<std::ptrdiff_t>(text.find(part));
  return static_cast<std::size_t>(std::count(text.begin(), text.begin() + at, '\n')) + 1;
}

// Some proposal for the line leaves this verdict.
void expect_way(const std::string& text, const std::string& cause, const std::string& wanted) {
  const std::string file = "/etc/exim4/exim4.conf";
  const auto found = proposed(files_of(text), file, line_of(text, cause));
  ASSERT_FALSE(found.empty()) << text;
  std::string all;
  for (const auto& one : found) all += one.says + ": " + verdict(load(one.text)) + '\n';
  EXPECT_NE(all.find(": " + wanted + '\n'), std::string::npos) << all;
}

TEST(Remedies, CloseWhatLetsStrangersThrough) {
  auto wide = with_acl(gate);
  wide.replace(wide.find("<; 127.0.0.1 ; ::1"), 18, "*");
  expect_way(wide, "hostlist", "198.51.100.0/24");
  expect_way(with_acl("  accept\n"), "  accept", "198.51.100.0/24");
  expect_way(with_acl("  accept sender_domains = +local_domains\n" + gate), "  accept sender",
             "closed");
  auto relay = with_acl(gate);
  relay.replace(relay.find("relay_to_domains ="), 18, "relay_to_domains = *");
  expect_way(relay, "domainlist relay_to", "closed");
  expect_way(with_acl(gate) +
                 "begin authenticators\nplain:\n  driver = plaintext\n"
                 "  public_name = PLAIN\n  server_condition = true\n",
             "  server_condition", "closed");
}

TEST(Remedies, LeaveTheOwnersNetworksInAList) {
  auto text = with_acl(gate);
  text.replace(text.find("<; 127.0.0.1 ; ::1"), 18,
               "<; 127.0.0.1 ; 10.0.0.0/8 ; 128.0.0.0/1 ; ::1");
  const auto found = proposed(files_of(text), "/etc/exim4/exim4.conf", line_of(text, "hostlist"));
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found[0].text.find("relay_from_hosts = <; 127.0.0.1 ; 10.0.0.0/8 ; ::1\n"),
            std::string::npos)
      << found[0].text;
}

TEST(Remedies, GoToDebiansAnswersWhereThoseMakeTheFile) {
  const std::string file = "/etc/exim4/update-exim4.conf.conf";
  const std::string answers =
      "dc_eximconfig_configtype='internet'\ndc_other_hostnames='example.com'\n"
      "dc_relay_domains='*'\ndc_relay_nets='0.0.0.0/0'\n";
  MemoryFiles files;
  files.add(file, answers);
  std::string all;
  for (const auto& one : proposed(files, file, 4)) all += one.text;
  EXPECT_NE(all.find("dc_relay_nets='198.51.100.0/24'\n"), std::string::npos) << all;
  EXPECT_NE(all.find("dc_relay_domains=''\n"), std::string::npos) << all;
}

TEST(Remedies, TakeOutARouterThatMakesAddressesOfWhatTheClientSays) {
  const auto text = head + "begin acl\nrcpt:\n" + gate +
                    "begin routers\nhack:\n  driver = redirect\n  domains = +local_domains\n"
                    "  local_parts = ^[^%]+%[^%]+\\$\n  data = ${sg{$local_part}{%}{@}}\n" +
                    tail.substr(tail.find("remote:"));
  expect_way(text, "domainlist local_domains", "closed");
}

TEST(Remedies, TakeOutWholeStatementsAndNoMore) {
  const auto text = with_acl("  accept hosts = *\n    domains = a : \\\n      b\n  deny\n");
  const auto found = proposed(files_of(text), "/etc/exim4/exim4.conf", line_of(text, "  accept"));
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found.back().text.find("rcpt:\n  deny\n"), std::string::npos) << found.back().text;
}

}  // namespace
}  // namespace relayproof::exim
