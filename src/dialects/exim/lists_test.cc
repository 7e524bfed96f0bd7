// Lists of domains, hosts, addresses and local parts, and lookups in them: who is let through.
#include <gtest/gtest.h>

#include <string>

#include "dialects/exim/small_config_test.h"

namespace relayproof::exim {
namespace {

const std::map<std::string, std::string> tables = {
    {"/t/domains", "example.net\nrelayed.example: yes\n*.example.org\n"},
    {"/t/wild", "*.club.example: x\n^rel\n"},
    {"/t/file", "# ours\nrelayed.example\n!in.example.org\n*.example.org\n"},
    {"/t/folder/example.net", ""},
    {"/t/clients", "198.18.7.1: ok\n203.0.113.0/24: ok\n"},
    {"/t/hosts", "!203.0.113.9\n203.0.113.0/25\n10.20.30.40 # inside\n"},
    {"/t/senders", "bob@club.example: yes\n*@example.net: yes\n"}};

struct Case {
  std::string condition;
  std::string to;
  bool holds;
  std::string client = "203.0.113.9";
  std::string from = "<bob@club.example>";
};

void expect(const Case& one) {
  const auto loaded = load(with_acl("  accept " + one.condition + "\n  deny\n"), tables);
  const auto reply = told(loaded, attempt(one.from, one.to, one.client)).substr(0, 3);
  EXPECT_EQ(reply, one.holds ? "250" : "550")
      << one.condition << ' ' << one.to << ' ' << one.client;
}

TEST(DomainLists, MatchAsTheSpecificationSays) {
  const Case cases[] = {
      {"domains = example.net", "<a@Example.NET>", true},
      {"domains = example.net", "<a@x.example.net>", false},
      {"domains = *.example.net", "<a@x.example.net>", true},
      {"domains = *.example.net", "<a@example.net>", false},
      {"domains = *example.net", "<a@badexample.net>", true},
      {"domains = ! example.net", "<a@example.net>", false},
      {"domains = ! example.net", "<a@example.org>", true},
      {"domains = ! a.example : *.example", "<a@b.example>", true},
      {"domains = @", "<a@mail.example.com>", true},
      {"domains = ^ex.*\\.net\\$", "<a@example.net>", true},
      {"domains = +local_domains : example.net", "<a@example.net>", true},
      {"domains = lsearch;/t/domains", "<a@example.net>", true},
      {"domains = lsearch;/t/domains", "<a@x.example.org>", false},
      {"domains = partial-lsearch;/t/domains", "<a@x.example.org>", true},
      {"domains = nwildlsearch;/t/wild", "<a@x.club.example>", true},
      {"domains = nwildlsearch;/t/wild", "<a@relayed.example>", true},
      {"domains = /t/file", "<a@in.example.org>", false},
      {"domains = /t/file", "<a@out.example.org>", true},
      {"domains = dsearch;/t/folder", "<a@example.net>", true},
      {"domains = dsearch;/t/folder", "<a@example.org>", false},
  };
  for (const auto& one : cases) expect(one);
}

TEST(HostLists, MatchAsTheSpecificationSays) {
  const std::string to = "<a@example.net>";
  const Case cases[] = {
      {"hosts = 203.0.113.9", to, true},
      {"hosts = 203.0.113.0/29", to, false},
      {"hosts = ! 203.0.113.9 : 203.0.113.0/24", to, false},
      {"hosts = ! 203.0.113.9 : 203.0.113.0/24", to, true, "203.0.113.8"},
      {"hosts = <; 2001:db8::/32 ; 10.0.0.0/8", to, true, "2001:db8::7"},
      {"hosts = <; 2001:db8::/32 ; 10.0.0.0/8", to, false, "2001:db9::7"},
      {"hosts = net-lsearch;/t/clients", to, true, "198.18.7.1"},
      {"hosts = net24-lsearch;/t/clients", to, true, "203.0.113.77"},
      {"hosts = net24-lsearch;/t/clients", to, false, "203.0.114.77"},
      {"hosts = /t/hosts", to, false},
      {"hosts = /t/hosts", to, true, "10.20.30.40"},
      {"hosts = @[]", to, true, "192.0.2.25"},
      {"hosts = :", to, false},
      {"hosts = *.club.example : 203.0.113.9", to, false},
      {"hosts = +include_unknown : *.club.example", to, true},
      {"hosts = +ignore_unknown : *.club.example : 203.0.113.9", to, true},
  };
  for (const auto& one : cases) expect(one);
}

TEST(AddressLists, MatchAsTheSpecificationSays) {
  const std::string to = "<a@example.net>";
  const std::string here = "203.0.113.9";
  const Case cases[] = {
      {"senders = bob@club.example", to, true},
      {"senders = *@club.example", to, true},
      {"senders = club.example", to, true},
      {"senders = *.example", to, true},
      {"senders = ^bob@", to, true},
      {"senders = :", to, false},
      {"senders = :", to, true, here, "<>"},
      {"senders = *", to, false, here, "<>"},
      {"senders = lsearch;/t/senders", to, true},
      {"senders = lsearch;/t/senders", to, false, here, "<x@example.net>"},
      {"senders = lsearch*@;/t/senders", to, true, here, "<x@example.net>"},
      {"sender_domains = club.example", to, true},
      {"recipients = *@example.net", to, true},
      {"local_parts = a : b", to, true},
      {"local_parts = ^[bc]", to, false},
  };
  for (const auto& one : cases) expect(one);
}

TEST(Expansions, OfConditionsAreFollowed) {
  const std::string to = "<a@example.net>";
  const Case cases[] = {
      {"condition = ${if eq{$sender_helo_name}{client.example.net}}", to, true},
      {"condition = ${if and{{eq{$local_part}{a}}{!eq{$domain}{b}}}}", to, true},
      {"condition = ${if or{{eq{$local_part}{b}}{eq{$domain}{b}}}{yes}{no}}", to, false},
      {"condition = ${if match{$sender_address}{\\N@club\\.\\N}}", to, true},
      {"condition = ${if match_ip{$sender_host_address}{203.0.113.0/24}}", to, true},
      {"condition = ${if match_domain{$domain}{+local_domains}}", to, false},
      {"condition = ${lookup{$domain}lsearch{/t/domains}{yes}{no}}", to, true},
      {"condition = ${if def:sender_host_name}", to, false},
      {"condition = ${if ={25}{$received_port}}", to, true},
      {"condition = ${if inlist{$domain}{example.net:example.org}}", to, true},
      {"condition = ${if exists{/t/domains}}", to, true},
      {"condition = ${if exists{/t/nothing}}", to, false},
  };
  for (const auto& one : cases) expect(one);
}

}  // namespace
}  // namespace relayproof::exim
