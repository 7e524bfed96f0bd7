#include "dialects/postfix/lower_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "dialects/postfix/address_classes.h"
#include "dialects/postfix/responsible.h"
#include "policy/decide.h"
#include "policy/reach.h"

namespace relayproof::postfix {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view main_cf = R"(compatibility_level = 3.6
myhostname = mail.here.example
mydestination = here.example, mail.here.example, localhost
inet_interfaces = 198.51.100.25
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
recipient_delimiter = +
alias_maps =
local_recipient_maps =
)";

enum class Gate : std::uint8_t { open, authorised, authorised_and_listed };

// A server whose only restriction is what the test says.
class Server {
 public:
  explicit Server(const std::string& settings, std::map<std::string, std::string> files = {},
                  Gate gate = Gate::open) {
    files["/etc/postfix/main.cf"] = std::string(main_cf) + settings;
    files["/etc/postfix/master.cf"] = "smtp inet n - y - - smtpd\n";
    files_ = MemoryFiles(std::move(files));
    Host host;
    host.interfaces = {*mail::Network::parse("198.51.100.25/24")};
    host.mta_version = "3.7.11";
    config_ = *read(files_, "/etc/postfix", host);
    lower(gate);
  }

  // Where a message to this recipient goes: `local a@b, relay c@d`, or the reply.
  std::string asked(std::string_view recipient) const {
    policy::Attempt attempt;
    attempt.client = *mail::IpAddress::parse("203.0.113.7");
    attempt.helo = "client.example";
    attempt.rcpt_to = std::string("<").append(recipient).append(">");
    attempt.headers = headers;
    const auto decision = policy::decide(policy_, 0, attempt);
    if (decision.reply != policy::Decision::Reply::accept) {
      return std::to_string(decision.answer.code) + " " + decision.answer.enhanced;
    }
    std::string text;
    for (const auto& end : decision.ends) text += name(end) + " " + end.to + ", ";
    text.resize(text.empty() ? 0 : text.size() - 2);
    return decision.relay == Truth::yes ? "relays: " + text : text;
  }

  const policy::Policy& policy() const { return policy_; }
  std::vector<std::string> headers;

 private:
  static std::string name(const policy::Destination& end) {
    constexpr std::string_view names[] = {"local", "on to", "dropped"};
    return std::string(names[static_cast<std::size_t>(end.fate)]);
  }

  void lower(Gate gate) {
    TableShelf shelf(files_, config_);
    PolicyBuilder builder(policy_);
    policy::Listener listener;
    lower_responsibility(builder, shelf);
    const auto marks = {builder.mark("hold", policy::Mark::Life::message),
                        builder.mark("REDIRECT owner@out.example #", policy::Mark::Life::message)};
    listener.route = lower_routes(builder, shelf);
    const auto classes = lower_address_classes(builder, shelf, policy::Field::recipient);
    policy::List list{"smtpd_relay_restrictions", {}};
    const auto refuse = [&](policy::ConditionId when, policy::Answer answer) {
      policy::Rule rule;
      rule.when = when;
      rule.effect = policy::Refuse{answer};
      list.rules.push_back(rule);
    };
    if (gate != Gate::open) {
      refuse(classes.fails, temporary_lookup_failure());
      refuse(builder.negation(classes.is_authorised), {554, "5.7.1"});
    }
    // A recipient that is a mark's name gets that mark, as an access table would set it.
    for (const auto mark : marks) {
      policy::Rule rule;
      rule.when = builder.is_one_of("to be marked " + std::to_string(mark),
                                    {"mark" + std::to_string(mark) + "@here.example"},
                                    builder.resolved(policy::Field::recipient));
      rule.effect = policy::SetMark{mark};
      list.rules.push_back(rule);
    }
    if (gate == Gate::authorised_and_listed) {
      policy::Rule rule;
      rule.when = builder.constant(true);
      rule.effect = policy::Run{lower_reject_unlisted(builder, shelf, policy::Field::recipient)};
      list.rules.push_back(rule);
    }
    listener.stages = {{policy::Moment::rcpt, list.name, builder.list(list)}};
    policy_.listeners = {listener};
  }

  MemoryFiles files_;
  Config config_;
  policy::Policy policy_;
};

TEST(RoutesTest, MailGoesWhereItsClassSays) {
  const Server server(
      "virtual_alias_domains = alias.example\nvirtual_mailbox_domains = box.example\n"
      "virtual_mailbox_base = /var/mail\nvirtual_mailbox_maps = inline:{user@box.example=user/}\n"
      "relay_domains = behind.example\n"
      "virtual_alias_maps = inline:{info@alias.example=user@here.example}\n");
  EXPECT_EQ(server.asked("user@here.example"), "local user@here.example");
  EXPECT_EQ(server.asked("user"), "local user@mail.here.example");
  EXPECT_EQ(server.asked("user@[198.51.100.25]"), "local user@[198.51.100.25]");
  EXPECT_EQ(server.asked("info@alias.example"), "local user@here.example");
  EXPECT_EQ(server.asked("other@alias.example"), "dropped other@alias.example");
  EXPECT_EQ(server.asked("user@box.example"), "local user@box.example");
  EXPECT_EQ(server.asked("user@behind.example"), "on to user@behind.example");
  EXPECT_EQ(server.asked("user@sub.behind.example"), "on to user@sub.behind.example");
  EXPECT_EQ(server.asked("user@out.example"), "relays: on to user@out.example");
}

TEST(RoutesTest, WhatIsRoutedOnIsSentOnOnlyWithoutAGate) {
  const std::vector<std::string> spellings = {
      "nobody%out.example@here.example",  "nobody@out.example@here.example",
      "\"nobody@out.example\"",           "out.example!nobody",
      "@here.example:nobody@out.example", "\"nobody%out.example\"@[198.51.100.25]",
      "out.example!nobody@here.example",
  };
  const Server open("");
  const Server closed("", {}, Gate::authorised);
  for (const auto& spelling : spellings) {
    EXPECT_EQ(open.asked(spelling), "relays: on to nobody@out.example") << spelling;
    EXPECT_EQ(closed.asked(spelling), "554 5.7.1") << spelling;
  }
}

TEST(RoutesTest, ARoutedRecipientBehindARelayDomainIsTakenOnlyOnTrust) {
  const std::string domains = "relay_domains = behind.example\n";
  const std::string recipient = "nobody%out.example@behind.example";
  EXPECT_EQ(Server(domains, {}, Gate::authorised).asked(recipient), "554 5.7.1");
  EXPECT_EQ(
      Server(domains + "allow_untrusted_routing = yes\n", {}, Gate::authorised).asked(recipient),
      "on to nobody%out.example@behind.example");
}

TEST(RoutesTest, ListsAreReadInTheirOrderWithTheirExclusionsAndTables) {
  const std::map<std::string, std::string> files = {
      {"/etc/postfix/domains", "# ours\nfile.example\n!not.example\n"},
      {"/etc/postfix/relay", "table.example\tx\n.dotted.example\tx\n"}};
  const Server server(
      "parent_domain_matches_subdomains =\n"
      "relay_domains = !bad.behind.example, .behind.example, /etc/postfix/domains, "
      "texthash:/etc/postfix/relay, cidr:/etc/postfix/relay\n",
      files, Gate::authorised);
  EXPECT_EQ(server.asked("a@sub.behind.example"), "on to a@sub.behind.example");
  EXPECT_EQ(server.asked("a@behind.example"), "554 5.7.1");
  EXPECT_EQ(server.asked("a@bad.behind.example"), "554 5.7.1");
  EXPECT_EQ(server.asked("a@file.example"), "on to a@file.example");
  EXPECT_EQ(server.asked("a@table.example"), "on to a@table.example");
  EXPECT_EQ(server.asked("a@sub.dotted.example"), "on to a@sub.dotted.example");
  EXPECT_THAT(server.policy().answers_for, Contains("dotted.example"));
  EXPECT_THAT(server.policy().answers_for, Contains("[198.51.100.25]"));
}

TEST(RoutesTest, ClaimsBelowWhichStrangersRegisterAreNone) {
  const Server server("relay_domains = example, *, pcre:/etc/postfix/x, good.example\n",
                      {{"/etc/postfix/x", "/x.example$/ OK\n"}});
  EXPECT_THAT(server.policy().answers_for, Contains("good.example"));
  EXPECT_THAT(server.policy().answers_for, Not(Contains("example")));
  EXPECT_THAT(server.policy().answers_for, Not(Contains("*")));
}

TEST(RoutesTest, TablesThatCannotBeReadAreErrorsWhereTheyAreReached) {
  const Server relay("relay_domains = good.example, texthash:/etc/postfix/none\n", {},
                     Gate::authorised);
  EXPECT_EQ(relay.asked("a@good.example"), "on to a@good.example");
  EXPECT_EQ(relay.asked("a@here.example"), "local a@here.example");
  EXPECT_EQ(relay.asked("a@out.example"), "451 4.3.0");
  const Server transport("transport_maps = texthash:/etc/postfix/none\n", {}, Gate::authorised);
  EXPECT_EQ(transport.asked("a@here.example"), "451 4.3.0");
}

TEST(RoutesTest, HiddenDomainsArePremises) {
  const Server server("virtual_mailbox_domains = mysql:/etc/postfix/domains.cf\n", {},
                      Gate::authorised);
  ASSERT_EQ(server.policy().premises.size(), 1U);
  const auto& question = server.policy().questions.at(0);
  EXPECT_EQ(question.power, policy::Question::Power::premise);
  EXPECT_EQ(question.test, "postmap -q example.com mysql:/etc/postfix/domains.cf");
}

TEST(RoutesTest, AliasesAreFollowedWhereverTheyLead) {
  const Server server(
      "virtual_alias_maps = texthash:/etc/postfix/virtual\n"
      "canonical_maps = inline:{{old@here.example = info@here.example}}\n",
      {{"/etc/postfix/virtual",
        "info@here.example user@here.example, boss@out.example\n"
        "self@here.example self@here.example, copy@out.example\n"
        "@lost.example @out.example\nname other\nplus@here.example found@here.example\n"}});
  EXPECT_EQ(server.asked("old@here.example"), "local user@here.example, on to boss@out.example");
  EXPECT_EQ(server.asked("self@here.example"), "local self@here.example, on to copy@out.example");
  EXPECT_EQ(server.asked("anybody@lost.example"), "on to anybody@out.example");
  EXPECT_EQ(server.asked("name@here.example"), "local other@mail.here.example");
  EXPECT_EQ(server.asked("plus+x@here.example"), "local found+x@here.example");
  EXPECT_EQ(server.asked("name@out.example"), "relays: on to name@out.example");
}

TEST(RoutesTest, APatternThatTakesTheDomainFromTheClientRelays) {
  const Server server("virtual_alias_maps = regexp:/etc/postfix/virtual\n",
                      {{"/etc/postfix/virtual", "/^(.+)=(.+)@here\\.example$/ $1@$2\n"}},
                      Gate::authorised);
  EXPECT_EQ(server.asked("user=out.example@here.example"), "relays: on to user@out.example");
  EXPECT_EQ(server.asked("user@here.example"), "local user@here.example");
}

TEST(RoutesTest, APatternThatOnlyCopiesTheLocalPartForwards) {
  const Server server(
      "virtual_alias_maps = regexp:/etc/postfix/virtual\n",
      {{"/etc/postfix/virtual", "/^(.+)@here\\.example$/ $1@out.example, archive@here2.example\n"}},
      Gate::authorised);
  EXPECT_EQ(server.asked("user@here.example"),
            "on to user@out.example, on to archive@here2.example");
}

TEST(RoutesTest, AnExtensionThatTheKeyHasNotIsCarriedOver) {
  const std::string tables =
      "recipient_canonical_maps = inline:{{old@here.example = new@out.example}}\n"
      "virtual_alias_maps = inline:{{info@here.example = me@here.example}, {team = "
      "@out.example}}\n";
  const Server server(tables);
  EXPECT_EQ(server.asked("old+x@here.example"), "on to new+x@out.example");
  EXPECT_EQ(server.asked("info+x@here.example"), "local me+x@here.example");
  EXPECT_EQ(server.asked("team+x@here.example"), "on to team+x@out.example");
  const Server not_canonical(tables + "propagate_unmatched_extensions = virtual\n");
  EXPECT_EQ(not_canonical.asked("old+x@here.example"), "on to new@out.example");
  EXPECT_EQ(not_canonical.asked("info+x@here.example"), "local me+x@here.example");
}

// The gate sees a recipient behind this server; the queue manager, one of its own that leads on.
TEST(RoutesTest, ALocalPartThatIsCopiedMayLeadOn) {
  const std::string trusting =
      "virtual_alias_domains = behind.example\nallow_untrusted_routing = yes\n"
      "virtual_alias_maps = ";
  const std::map<std::string, std::string> files = {
      {"/etc/postfix/virtual", "/^(.+)@behind\\.example$/ $1@here.example\n"},
      {"/etc/postfix/ways", "/^(.+)=(.+)@behind\\.example$/ $1%$2@here.example\n"}};
  const std::map<std::string, std::string> recipients = {
      {"inline:{{@behind.example = @here.example}}", "me%out.example@behind.example"},
      {"inline:{{me@behind.example = me@here.example}}", "me+%out.example@behind.example"},
      {"regexp:/etc/postfix/virtual", "me%out.example@behind.example"},
      {"regexp:/etc/postfix/ways", "me=out.example@behind.example"}};
  for (const auto& [table, recipient] : recipients) {
    const Server server(trusting + table + "\n", files, Gate::authorised);
    EXPECT_THAT(server.asked(recipient), StartsWith("relays: on to me")) << table;
    EXPECT_EQ(policy::reach(server.policy(), {}).possibly, mail::IpSet::all()) << table;
  }
}

TEST(RoutesTest, ALocalPartThatIsCopiedLeadsNowhereWhereRoutesAreRefused) {
  for (const auto* table : {"inline:{{@behind.example = @here.example}}",
                            "inline:{{me@behind.example = me@here.example}}",
                            "regexp:{{/^(.+)@behind\\.example$$/ $$1@here.example}}"}) {
    const Server server(
        "virtual_alias_domains = behind.example\nvirtual_alias_maps = " + std::string(table) + "\n",
        {}, Gate::authorised);
    EXPECT_EQ(server.asked("me@behind.example"), "local me@here.example") << table;
    EXPECT_EQ(policy::reach(server.policy(), {}).possibly, mail::IpSet::none()) << table;
  }
}

TEST(RoutesTest, TransportsEndMailOrHandItOn) {
  const Server server(
      "relay_domains = behind.example, gone.example, inner.example\n"
      "transport_maps = texthash:/etc/postfix/transport\nrelocated_maps = "
      "inline:{moved@here.example=there}\n",
      {{"/etc/postfix/transport",
        "gone.example error:gone\ninner.example local:\nuser@out.example discard:\n"
        ".out.example retry:later\nhere.example smtp:[inside]\n"}},
      Gate::open);
  EXPECT_EQ(server.asked("a@gone.example"), "dropped a@gone.example");
  EXPECT_EQ(server.asked("a@inner.example"), "local a@inner.example");
  EXPECT_EQ(server.asked("user@out.example"), "dropped user@out.example");
  EXPECT_EQ(server.asked("user@sub.out.example"), "dropped user@sub.out.example");
  EXPECT_EQ(server.asked("a@here.example"), "on to a@here.example");
  EXPECT_EQ(server.asked("moved@here.example"), "dropped moved@here.example");
  EXPECT_EQ(server.asked("b@out.example"), "relays: on to b@out.example");
}

TEST(RoutesTest, AStarInTransportMapsStandsForTheRest) {
  const Server server("transport_maps = inline:{{* = error:no mail}, {out.example = smtp:}}\n");
  EXPECT_EQ(server.asked("a@elsewhere.example"), "dropped a@elsewhere.example");
  EXPECT_EQ(server.asked("a@out.example"), "relays: on to a@out.example");
}

TEST(RoutesTest, ADefaultTransportMayLeadNowhereExceptForSomeSenders) {
  EXPECT_EQ(Server("default_transport = error:no\n").asked("a@out.example"),
            "dropped a@out.example");
  EXPECT_EQ(Server("default_transport = error:no\n"
                   "sender_dependent_default_transport_maps = static:smtp:\n")
                .asked("a@out.example"),
            "relays: on to a@out.example");
}

TEST(RoutesTest, LocalNamesGoThroughTheAliases) {
  const Server server("alias_maps = texthash:/etc/aliases\n",
                      {{"/etc/aliases",
                        "root: admin\nadmin: admin, \"|/bin/log it\", far@out.example\n"
                        "list: :include:/etc/list\n"}});
  EXPECT_EQ(server.asked("root@here.example"),
            "local admin@mail.here.example, local \"|/bin/log it\", on to far@out.example");
  EXPECT_EQ(server.asked("list+x@here.example"), "local :include:/etc/list");
  EXPECT_EQ(server.asked("other@here.example"), "local other@here.example");
}

TEST(RoutesTest, WhatRestrictionsLeaveForAMessageIsActedOn) {
  const Server server("virtual_alias_maps = inline:{{owner@out.example = other@out.example}}\n");
  EXPECT_EQ(server.asked("mark0@here.example"), "dropped mark0@here.example");
  EXPECT_EQ(server.asked("mark1@here.example"), "on to owner@out.example");
  EXPECT_EQ(server.asked("mark2@here.example"), "local mark2@here.example");
}

TEST(RoutesTest, HeaderChecksDropRefuseAndRedirect) {
  Server server("header_checks = regexp:/etc/postfix/headers\n",
                {{"/etc/postfix/headers",
                  "/^X-Kill:/ DISCARD\n/^X-Bad:/ REJECT no\n/^X-Fix:/ REDIRECT owner@out.example\n"
                  "/^X-To: (.*)$/ REDIRECT $1\n/^Subject:/ WARN\n"}},
                Gate::authorised);
  server.headers = {"Subject: x", "X-Kill: y"};
  EXPECT_EQ(server.asked("a@here.example"), "dropped a@here.example");
  server.headers = {"X-Fix: y"};
  EXPECT_EQ(server.asked("a@here.example"), "on to owner@out.example");
  server.headers = {"X-To: b@far.example"};
  EXPECT_EQ(server.asked("a@here.example"), "relays: on to b@far.example");
  server.headers = {"Subject: x"};
  EXPECT_EQ(server.asked("a@here.example"), "local a@here.example");
}

TEST(UnlistedTest, EachClassHasItsTables) {
  const Server server(
      "local_recipient_maps = inline:{user=x}\nrelay_domains = behind.example\n"
      "relay_recipient_maps = inline:{{known@behind.example = x}}\n"
      "virtual_alias_maps = inline:{{alias@here.example = user}}\n"
      "unknown_relay_recipient_reject_code = 450\n",
      {}, Gate::authorised_and_listed);
  EXPECT_EQ(server.asked("user@here.example"), "local user@here.example");
  EXPECT_EQ(server.asked("user+x@here.example"), "local user+x@here.example");
  EXPECT_EQ(server.asked("nobody@here.example"), "550 5.1.1");
  EXPECT_EQ(server.asked("postmaster@here.example"), "local postmaster@here.example");
  EXPECT_EQ(server.asked("alias@here.example"), "local user@mail.here.example");
  EXPECT_EQ(server.asked("known@behind.example"), "on to known@behind.example");
  EXPECT_EQ(server.asked("nobody@behind.example"), "450 4.1.1");
}

TEST(UnlistedTest, WhoIsListedElsewhereIsAScreen) {
  const Server server("local_recipient_maps = proxy:unix:passwd.byname\n", {},
                      Gate::authorised_and_listed);
  EXPECT_EQ(server.asked("anybody@here.example"), "local anybody@here.example");
}

}  // namespace
}  // namespace relayproof::postfix
