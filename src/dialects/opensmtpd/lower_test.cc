// What a configuration lets whom do, by the words of smtpd.conf(5) and as measured on 6.8.
#include <gtest/gtest.h>

#include <string>

#include "dialects/opensmtpd/small_config_test.h"

namespace relayproof::opensmtpd {
namespace {

constexpr const char* all_addresses = "listen on 0.0.0.0\nlisten on ::\n";
constexpr const char* actions =
    "action \"local\" mbox\naction \"relay\" relay\n"
    "action \"relay_dkim\" relay host smtp://127.0.0.1:10027\n";

std::string with(const std::string& rules) { return std::string(all_addresses) + actions + rules; }

// Who relays, in words: `all`, `none`, `some` of the globally routable addresses but the host's
// own.
std::string who_relays(const dialects::Loaded& loaded) {
  mail::IpSet surely;
  mail::IpSet possibly;
  for (const auto& door : loaded.policy.doors) {
    const auto reach = policy::reach(loaded.policy, door, {});
    surely = surely | reach.surely;
    possibly = possibly | reach.possibly;
  }
  auto routable = mail::globally_routable();
  for (const auto& own : usual_host().interfaces) {
    routable = routable - mail::IpSet::of(own.address);
  }
  if ((possibly & routable) != (surely & routable)) return "undecided";
  if ((surely & routable).empty()) return "none";
  return routable.is_subset_of(surely) ? "all" : "some";
}

struct Case {
  std::string says;
  std::string conf;
  std::string relays;
};

const Case cases[] = {
    {"anybody to anywhere", with("match from any for any action \"relay\"\n"), "all"},
    {"anybody to anywhere by way of a signer",
     with("listen on lo port 10028 tag DKIM_OUT\nmatch tag DKIM_OUT for any action \"relay\"\n"
          "match from any for any action \"relay_dkim\"\n"),
     "all"},
    {"the good one",
     "pki x cert \"/c\"\npki x key \"/k\"\n" +
         with("listen on 0.0.0.0 port 587 tls-require pki x auth\n"
              "match from local for any action \"relay\"\n"
              "match from any for domain \"example.com\" action \"local\"\n"
              "match from any auth for any action \"relay\"\n"),
     "none"},
    {"a rule without from is for local clients", with("match for any action \"relay\"\n"), "none"},
    {"a rule without for is for local names", with("match from any action \"relay\"\n"), "none"},
    {"everybody's mail stays here", with("match from any for any action \"local\"\n"), "none"},
    {"a tag that only loopback has",
     with("listen on lo port 10028 tag DKIM\nmatch tag DKIM from any for any action \"relay\"\n"),
     "none"},
    {"a tag that strangers can have",
     "listen on 0.0.0.0 tag X\nlisten on :: tag X\n" + std::string(actions) +
         "match tag X from any for any action \"relay\"\n",
     "all"},
    {"a name that nobody confirms",
     with("match from rdns \"inside.example.com\" for any action \"relay\"\n"), "all"},
    {"any name at all", with("match from rdns for any action \"relay\"\n"), "all"},
    {"a sender that anybody can claim",
     with("match from any mail-from \"@example.com\" for any action \"relay\"\n"), "all"},
    {"from mail-from is from anywhere",
     with("match from mail-from \"@example.com\" for any action \"relay\"\n"), "all"},
    {"a greeting that anybody can say",
     with("match from any helo \"mail.example.org\" for any action \"relay\"\n"), "all"},
    {"a network", with("match from src \"203.0.113.0/24\" for any action \"relay\"\n"), "some"},
    {"a private network", with("match from src \"10.0.0.0/8\" for any action \"relay\"\n"), "none"},
    {"all but a network", with("match !from src \"203.0.113.0/24\" for any action \"relay\"\n"),
     "some"},
    {"an earlier rule takes it",
     with("match from any for any reject\nmatch from any for any action \"relay\"\n"), "none"},
    {"rules behind match tls are dead",
     with("match from any tls for any action \"local\"\nmatch from any for any action \"relay\"\n"),
     "none"},
    {"relayed domains that are written out",
     with("match from any for domain { \"example.com\" \"*.example.org\" } action \"relay\"\n"),
     "none"},
    {"a pattern that strangers can fit",
     with("match from any for domain \"*example.com\" action \"relay\"\n"), "all"},
    {"a regex that strangers can fit",
     with("match from any for domain regex \"example\\.com\" action \"relay\"\n"), "all"},
    {"a regex that only ours fit",
     with("match from any for domain regex \"^(.*\\.)?example\\.com$\" action \"relay\"\n"),
     "none"},
    {"a regex below ours",
     with("match from any for domain regex \"\\.example\\.com$\" action \"relay\"\n"), "none"},
    {"only one recipient",
     with("match from any for rcpt-to \"bob@example.org\" action \"relay\"\n"), "none"},
    {"everywhere but one domain",
     with("match from any !for domain \"example.org\" action \"relay\"\n"), "all"},
    {"a PROXY header that anybody can write",
     "listen on 0.0.0.0 proxy-v2\nlisten on :: proxy-v2\n" + std::string(actions) +
         "match from local for any action \"relay\"\n",
     "all"},
    {"only loopback listens",
     "listen on lo0\n" + std::string(actions) + "match from any for any action \"relay\"\n",
     "none"},
    {"the old words for anybody",
     "listen on 0.0.0.0\nlisten on ::\naccept from any for any relay\n", "all"},
    {"the old default is local", "listen on 0.0.0.0\naccept for any relay\n", "none"},
    {"the old tag",
     "listen on 0.0.0.0\nlisten on lo port 10029 tag DKIM\n"
     "accept tagged DKIM from any for any relay\n",
     "none"},
    {"the old not-tag",
     "listen on 0.0.0.0\nlisten on ::\naccept tagged ! DKIM from any for any relay\n", "all"},
    {"the old login",
     "pki x certificate \"/c\"\nlisten on 0.0.0.0 tls pki x auth-optional\n"
     "accept authenticated from any for any relay\n",
     "none"},
};

TEST(Lowering, LetsRelayWhomTheRulesLet) {
  for (const auto& each : cases) {
    const auto loaded = load(each.conf);
    EXPECT_TRUE(loaded.runs) << each.says << ": " << loaded.why_not;
    EXPECT_EQ(who_relays(loaded), each.relays) << each.says;
  }
}

TEST(Lowering, AnswersTheClientAsSmtpdDoes) {
  const auto loaded =
      load(with("match for local action \"local\"\n"
                "match from any for domain \"example.com\" action \"local\"\n"
                "match from local for any action \"relay\"\n"));
  const auto at = [&](std::string_view client, std::string to) {
    return told(loaded, attempt(client, "<a@example.org>", std::move(to)));
  };
  EXPECT_EQ(at("203.0.113.9", "<alice@example.com>"), "250 local");
  EXPECT_EQ(at("203.0.113.9", "<ALICE+tag@Example.COM>"), "250 local");
  EXPECT_EQ(at("203.0.113.9", "<bob@example.com>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<alice@example.net>"), "550");
  EXPECT_EQ(at("203.0.113.9", "<alice>"), "550");  // completed with the host's name, not for local
  EXPECT_EQ(at("192.0.2.25", "<alice>"), "250 local");
  EXPECT_EQ(at("192.0.2.25", "<alice@[192.0.2.25]>"), "250 local");
  EXPECT_EQ(at("192.0.2.25", "<alice@mail>"), "250 handed-on alice@mail");
  EXPECT_EQ(at("192.0.2.25", "<@x.example,@y.example:bob@example.net>"),
            "250 handed-on bob@example.net");
  EXPECT_EQ(at("192.0.2.25", "<bob%example.org@example.net>"),
            "250 handed-on bob%example.org@example.net");
  EXPECT_EQ(at("192.0.2.25", "<\"bob\"@example.net>"), "501");
  EXPECT_EQ(at("192.0.2.25", "bob@example.net"), "501");
  EXPECT_EQ(at("127.0.0.2", "<bob@example.net>"), "550");
}

TEST(Lowering, FollowsAliasesThroughTheRulesAgain) {
  const auto loaded = load(
      "table aliases { root = alice, \"away\" = \"bob@example.net\", list = \"alice, |/bin/cat\","
      " lost = nobodyhere, \"bad\" = \"error:555 no more\" }\n"
      "listen on 0.0.0.0\n"
      "action \"local\" mbox alias <aliases>\naction \"relay\" relay\n"
      "match from any for domain \"example.com\" action \"local\"\n"
      "match from local for any action \"relay\"\n");
  const auto to = [&](std::string recipient) {
    return told(loaded, attempt("203.0.113.9", "<a@example.org>", std::move(recipient)));
  };
  EXPECT_EQ(to("<root@example.com>"), "250 local");
  EXPECT_EQ(to("<root+x@example.com>"), "250 local");
  EXPECT_EQ(to("<away@example.com>"), "250 handed-on bob@example.net");
  EXPECT_EQ(to("<list@example.com>"), "250 local local");
  EXPECT_EQ(to("<lost@example.com>"), "550");
  EXPECT_EQ(to("<bad@example.com>"), "555");
}

TEST(Lowering, LooksUpVirtualAddressesFromTheWholeToTheCatchAll) {
  const auto loaded = load(
      "table v { \"a@example.com\" = alice, \"@example.org\" = root, \"@\" = \"x@example.net\" }\n"
      "listen on 0.0.0.0\naction \"v\" maildir virtual <v>\naction \"relay\" relay\n"
      "match from any for domain { \"example.com\" \"example.org\" } action \"v\"\n"
      "match from local for domain \"example.net\" action \"relay\"\n");
  const auto to = [&](std::string recipient) {
    return told(loaded, attempt("203.0.113.9", "<a@example.org>", std::move(recipient)));
  };
  EXPECT_EQ(to("<a@example.com>"), "250 local");
  EXPECT_EQ(to("<a+b@example.com>"), "250 local");
  EXPECT_EQ(to("<anything@example.org>"), "250 local");
  EXPECT_EQ(to("<b@example.com>"), "250 handed-on x@example.net");
}

TEST(Lowering, SaysWhatIsMeantWhereSmtpdDoesNotTakeIt) {
  const auto loaded = load(with("match from any for any relay\n"));
  EXPECT_FALSE(loaded.runs);
  EXPECT_EQ(loaded.why_not, "/etc/smtpd.conf:6: syntax error");
  ASSERT_FALSE(loaded.findings.empty());
  EXPECT_NE(loaded.findings[0].says.find("it would be an open relay"), std::string::npos);
}

TEST(Lowering, DoesNotStartWithWhatSmtpdRefuses) {
  const std::pair<std::string, std::string> refused[] = {
      {"listen on 0.0.0.0\n", "no rules, nothing to do"},
      {with("match from any for any action relay\n"), "syntax error"},
      {with("match from any for any action \"none\"\n"), "no such dispatcher: none"},
      {with("match from any for domain <d> action \"local\"\n"), "no such table: d"},
      {with("match from any from local for any action \"relay\"\n"), "from already specified"},
      {with("accept from any for any relay\n"), "syntax error"},
      {"listen on 0.0.0.0 auth\n" + with("match for any action \"relay\"\n"),
       "auth requires tls/smtps"},
      {"listen on <IP Address> on port 25\n" + with("match for any action \"relay\"\n"),
       "syntax error"},
      {with("match from any for any action \"relay\"\nlimit mta inet4\n"), "syntax error"},
  };
  for (const auto& [conf, says] : refused) {
    const auto loaded = load(conf);
    EXPECT_FALSE(loaded.runs) << conf;
    EXPECT_NE(loaded.why_not.find(says), std::string::npos) << conf << loaded.why_not;
  }
}

}  // namespace
}  // namespace relayproof::opensmtpd
