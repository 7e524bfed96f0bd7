// What is proposed to close a configuration: the text that comes out, and that it is closed.
#include "dialects/opensmtpd/remedies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dialects/opensmtpd/small_config_test.h"

namespace relayproof::opensmtpd {
namespace {

constexpr const char* main_file = "/etc/smtpd.conf";
const std::string begin =
    "listen on 0.0.0.0\naction \"in\" mbox\naction \"out\" relay\n"
    "match from any for domain \"example.com\" action \"in\"\n";
const std::string begin_with_login =
    "pki x cert \"/c\"\npki x key \"/k\"\nlisten on 0.0.0.0 tls pki x auth-optional\n"
    "action \"in\" mbox\naction \"out\" relay\n";

struct Proposed {
  std::string says;
  std::string text;
  std::string asks;
  MemoryFiles files;
};

std::vector<Proposed> proposed(const std::string& conf, const std::string& cause,
                               const std::vector<std::string>& networks = {},
                               const std::map<std::string, std::string>& more = {}) {
  dialects::RemedyRequest request;
  const auto at = static_cast<std::ptrdiff_t>(conf.find(cause));
  const auto line = static_cast<std::size_t>(std::count(conf.begin(), conf.begin() + at, '\n'));
  request.causes = {{main_file, line + 1, 1}};
  for (const auto& network : networks) request.networks.push_back(*mail::Network::parse(network));
  std::vector<Proposed> found;
  const auto files = files_of(conf, more);
  for (const auto& remedy : remedies(files, "/etc", usual_host(), request)) {
    auto edited = more;
    std::string text = conf;
    for (auto edit = remedy.edits.rbegin(); edit != remedy.edits.rend(); ++edit) {
      auto& to = edit->file == main_file ? text : edited[edit->file];
      to.replace(edit->offset, edit->length, edit->text);
    }
    found.push_back({remedy.says, text, remedy.asks, files_of(text, edited)});
  }
  return found;
}

// `closed`, `does not run`, or who relays.
std::string verdict(const MemoryFiles& files) {
  const auto loaded = dialects::opensmtpd::dialect.load(files, "/etc", usual_host()).value();
  if (!loaded.runs) return "does not run: " + loaded.why_not;
  mail::IpSet all;
  for (const auto& door : loaded.policy.doors) {
    all = all | policy::reach(loaded.policy, door, {}).possibly;
  }
  all = all & mail::globally_routable();
  for (const auto& interface : usual_host().interfaces) {
    all = all - mail::IpSet::of(interface.address);
  }
  return all.empty() ? "closed" : all.to_string();
}

TEST(Remedies, MakeRulesForEverybodyRulesForOwnClients) {
  const struct {
    std::string rule;
    std::string instead;
  } cases[] = {
      {"match from any for any action \"out\"", "match from local for any action \"out\""},
      {"match  from any  for any action \"out\" # all",
       "match  from local  for any action \"out\" # all\n"},
      {"match from src 0.0.0.0/0 for any action \"out\"",
       "match from local for any action \"out\""},
      {"match for any !from src { 192.0.2.7, 192.0.2.8 } action \"out\"",
       "match for any from local action \"out\""},
      {"match from rdns \"x.example.com\" for any action \"out\"",
       "match from local for any action \"out\""},
      {"match from mail-from \"@example.com\" for any action \"out\"",
       "match from local mail-from \"@example.com\" for any action \"out\""},
      {"match from any \\\n  for any \\\n  action \"out\"",
       "match from local \\\n  for any \\\n  action \"out\""},
  };
  for (const auto& one : cases) {
    const auto found = proposed(begin + one.rule + '\n', one.rule);
    ASSERT_FALSE(found.empty()) << one.rule;
    EXPECT_NE(found[0].text.find('\n' + one.instead), std::string::npos) << found[0].text;
    EXPECT_EQ(verdict(found[0].files), "closed") << found[0].text;
  }
}

TEST(Remedies, KeepOwnNetworksAndUsersWhoLogIn) {
  const std::string rule = "match from any for any action \"out\"\n";
  const auto both = proposed(begin_with_login + rule, rule, {"198.51.100.0/24"});
  ASSERT_FALSE(both.empty());
  EXPECT_NE(both[0].text.find("match from local for any action \"out\"\n"
                              "match from src { \"198.51.100.0/24\" } for any action \"out\"\n"
                              "match from any auth for any action \"out\"\n"),
            std::string::npos)
      << both[0].text;
  EXPECT_EQ(verdict(both[0].files), "198.51.100.0/24");
  // What others already let through is not written twice.
  const auto second = proposed(begin_with_login + "match from any auth for any action \"out\"\n" +
                                   "match for any action \"out\"\n" + rule,
                               rule);
  ASSERT_FALSE(second.empty());
  EXPECT_EQ(second[0].text.find(rule), std::string::npos) << second[0].text;
  EXPECT_EQ(verdict(second[0].files), "closed");
}

TEST(Remedies, WriteWhatIsMeant) {
  const std::string rule = "match from any for any relay\n";
  const auto found = proposed(begin + rule, rule);
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found[0].text.find("action \"relay\" relay\n"
                               "match from local for any action \"relay\"\n"),
            std::string::npos)
      << found[0].text;
  EXPECT_EQ(verdict(found[0].files), "closed");
}

TEST(Remedies, TakeWideRowsOutOfTables) {
  const std::string rule = "match from any for domain <ours> action \"out\"\n";
  const std::string listed = "table ours { \"example.org\", \"*.net\",\n  \"example.net\" }\n";
  std::string all;
  for (const auto& one : proposed(listed + begin + rule, rule)) {
    all += one.text + verdict(one.files) + '\n';
  }
  EXPECT_NE(all.find("table ours { \"example.org\", \"example.net\" }\n"), std::string::npos)
      << all;
  all.clear();
  const std::map<std::string, std::string> file = {
      {"/etc/nets", "# ours\n198.51.100.0/24\n0.0.0.0/0\n"}};
  const std::string of_nets = "match from src <nets> for any action \"out\"\n";
  for (const auto& one :
       proposed("table nets file:/etc/nets\n" + begin + of_nets, of_nets, {}, file)) {
    all += one.says + ": " + verdict(one.files) + '\n';
  }
  EXPECT_NE(all.find("out of <nets>: 198.51.100.0/24\n"), std::string::npos) << all;
}

TEST(Remedies, OfTheOldGrammarNeedNoMoreThanItsDefault) {
  const std::string rule = "accept from any for any relay\n";
  const auto found = proposed(
      "listen on 0.0.0.0\naccept from any for domain \"example.com\" deliver to mbox\n" + rule,
      rule, {"198.51.100.0/24"});
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found[0].text.find("accept from local for any relay\n"
                               "accept from source { \"198.51.100.0/24\" } for any relay\n"),
            std::string::npos)
      << found[0].text;
  EXPECT_EQ(verdict(found[0].files), "198.51.100.0/24");
}

TEST(Remedies, AskAboutAProxyBeforeItsHeaderIsNotReadAnyMore) {
  const std::string listen = "listen on 0.0.0.0 proxy-v2\n";
  const auto found =
      proposed(listen + "action \"out\" relay\nmatch for any action \"out\"\n", listen);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].text.find("listen on 0.0.0.0\n"), std::string::npos) << found[0].text;
  EXPECT_FALSE(found[0].asks.empty());
}

}  // namespace
}  // namespace relayproof::opensmtpd
