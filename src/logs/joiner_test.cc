#include "logs/joiner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "logs/civil_time.h"
#include "support/golden.h"

namespace relayproof::logs {
namespace {

const Time december = seconds_of({2026, 12, 1, 0, 0, 0});
using Texts = std::vector<std::string>;
using Queue = std::optional<std::set<std::string, std::less<>>>;

Summary summarise(const std::string& log, JoinOptions options, const Queue& queue = std::nullopt,
                  std::size_t block = 0) {
  StampReader stamps([](Time local) { return local; }, december);
  Joiner joiner(std::move(options));
  Batch batch;
  std::string_view rest = log;
  while (!rest.empty()) {
    const auto end = block == 0 ? std::string_view::npos : rest.find('\n', block);
    const auto size = end == std::string_view::npos ? rest.size() : end + 1;
    const std::string copy(rest.substr(0, size));  // so that no view outlives its block
    read_block(copy, stamps, batch);
    joiner.add(batch);
    rest.remove_prefix(size);
  }
  return joiner.finish(queue);
}

JoinOptions for_example_com() {
  JoinOptions options;
  options.own_domains = {"example.com"};
  return options;
}

Texts told(const Summary& summary) {
  Texts out;
  for (const auto& source : summary.sources) {
    out.push_back(std::string(to_string(source.standing)) + " " + source.name + ": " +
                  std::to_string(source.messages) + " messages, " + std::to_string(source.sent) +
                  " sent " + std::to_string(source.deferred) + " deferred " +
                  std::to_string(source.bounced) + " bounced, " + std::to_string(source.domains) +
                  " domains, " + std::to_string(source.queued) + " queued");
  }
  return out;
}

std::string lab(const std::string& name) {
  return testing_support::read_file(std::string(RELAYPROOF_SOURCE_DIR) + "/src/logs/testdata/" +
                                    name);
}

// The same clients did the same in each of these; see testdata/README.
const Texts what_they_did = {
    "stranger 203.0.113.9: 3 messages, 4 sent 1 deferred 1 bounced, 2 domains, 1 queued",
    "stranger 2001:db8:1::9: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued",
    "near 192.168.1.40: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued",
    "account alice@example.com: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued",
    "machine machine: 1 messages, 0 sent 1 deferred 0 bounced, 1 domains, 0 queued",
    "machine 127.0.0.1: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued",
    "machine 0: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued"};

class Lab : public testing::TestWithParam<const char*> {};

TEST_P(Lab, EveryMessageCountsForWhoHandedItIn) {
  const auto log = lab(GetParam());
  const auto summary = summarise(log, for_example_com());
  const auto sources = told(summary);
  EXPECT_THAT(sources, testing::UnorderedElementsAreArray(what_they_did));
  EXPECT_EQ(summary.forwarded, 1U);
  for (const std::size_t block : {1U, 500U, 4000U}) {
    EXPECT_EQ(told(summarise(log, for_example_com(), std::nullopt, block)), sources) << block;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Lab,
                         testing::Values("short-ids.log", "long-ids.log", "filter.log",
                                         "filter-that-names-the-client.log"));

std::string line(const std::string& daemon, const std::string& text) {
  return "Nov 22 07:01:27 mx postfix/" + daemon + "[1]: " + text + "\n";
}
std::string sent(const std::string& id, const std::string& to, const std::string& more = "") {
  return line("smtp", id + ": to=<" + to + ">" + more +
                          ", relay=mx[192.0.2.2]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, "
                          "status=sent (250 ok)");
}
std::string filtered(const std::string& id, const std::string& to, const std::string& more = "") {
  return line("smtp", id + ": to=<" + to + ">" + more +
                          ", relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, "
                          "dsn=2.0.0, status=sent (250 ok)");
}
std::string came(const std::string& id, const std::string& client, const std::string& message_id) {
  return line("smtpd", id + ": client=unknown[" + client + "]") +
         line("cleanup", id + ": message-id=<" + message_id + ">") +
         line("qmgr", id + ": from=<a@b.example>, size=1, nrcpt=1 (queue active)");
}
std::string gone(const std::string& id) { return line("qmgr", id + ": removed"); }

// `standing name messages/sent` of each source.
Texts brief(const Summary& summary) {
  Texts out;
  for (const auto& source : summary.sources) {
    out.push_back(std::string(to_string(source.standing)) + " " + source.name + " " +
                  std::to_string(source.messages) + "/" + std::to_string(source.sent));
  }
  return out;
}

struct Scene {
  std::string name;
  std::string log;
  Texts sources;
};

const std::vector<Scene> scenes = {
    {"mail to our own domain is none of our business",
     came("AAAAAA1", "203.0.113.9", "1@x") + sent("AAAAAA1", "bob@example.com") +
         sent("AAAAAA1", "bob@sub.example.com"),
     {}},
    {"a queue ID that is used again is another message",
     came("AAAAAA1", "203.0.113.9", "1@x") + sent("AAAAAA1", "bob@x.example") +
         came("AAAAAA1", "203.0.113.10", "2@x") + sent("AAAAAA1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1", "stranger 203.0.113.10 1/1"}},
    {"after its removal a queue ID means nothing",
     came("AAAAAA1", "203.0.113.9", "1@x") + gone("AAAAAA1") + sent("AAAAAA1", "bob@x.example"),
     {"unknown unknown 1/1"}},
    {"two instances have the same queue ID",
     came("AAAAAA1", "203.0.113.9", "1@x") +
         "Nov 22 07:01:27 mx postfix-out/smtpd[1]: AAAAAA1: client=unknown[192.168.1.1]\n" +
         sent("AAAAAA1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    {"two hosts have the same queue ID",
     came("AAAAAA1", "203.0.113.9", "1@x") +
         "Nov 22 07:01:27 other postfix/smtpd[1]: AAAAAA1: client=unknown[192.168.1.1]\n" +
         sent("AAAAAA1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    {"a filter gives it back, and is heard of first",
     came("AAAAAA1", "203.0.113.9", "1@x") + came("BBBBBB1", "127.0.0.1", "1@x") +
         filtered("AAAAAA1", "bob@x.example") + gone("AAAAAA1") + sent("BBBBBB1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    {"a filter gives it back, and is heard of last",
     came("AAAAAA1", "203.0.113.9", "1@x") + came("BBBBBB1", "127.0.0.1", "1@x") +
         sent("BBBBBB1", "bob@x.example") + gone("BBBBBB1") + filtered("AAAAAA1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    {"two filters in a row",
     came("AAAAAA1", "203.0.113.9", "1@x") + came("BBBBBB1", "127.0.0.1", "1@x") +
         filtered("AAAAAA1", "bob@x.example") + came("CCCCCC1", "127.0.0.1", "1@x") +
         filtered("BBBBBB1", "bob@x.example") + sent("CCCCCC1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    // Sieve's redirect keeps the message-id, but the stranger did not ask for that recipient.
    {"a redirect of a mailbox's owner is not the sender's",
     came("AAAAAA1", "203.0.113.9", "1@x") + filtered("AAAAAA1", "bob@example.com") +
         came("BBBBBB1", "127.0.0.1", "1@x") + sent("BBBBBB1", "bob@x.example"),
     {"machine 127.0.0.1 1/1"}},
    {"a stranger's mail is his own, whatever message-id he gives it",
     came("AAAAAA1", "192.168.1.1", "1@x") + filtered("AAAAAA1", "bob@x.example") +
         came("BBBBBB1", "203.0.113.9", "1@x") + sent("BBBBBB1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    {"an alias of ours leads outside",
     came("AAAAAA1", "203.0.113.9", "1@x") +
         sent("AAAAAA1", "bob@x.example", ", orig_to=<info@example.com>"),
     {}},
    {"a recipient that carries another one is no alias",
     came("AAAAAA1", "203.0.113.9", "1@x") +
         sent("AAAAAA1", "bob@x.example", ", orig_to=<bob%x.example@example.com>"),
     {"stranger 203.0.113.9 1/1"}},
    {"the same, through a filter",
     came("AAAAAA1", "203.0.113.9", "1@x") + filtered("AAAAAA1", "bob%x.example@example.com") +
         came("BBBBBB1", "127.0.0.1", "1@x") +
         sent("BBBBBB1", "bob@x.example", ", orig_to=<bob%x.example@example.com>"),
     {"stranger 203.0.113.9 1/1"}},
    {"a recipient that feigns a delivery here is outside",
     came("AAAAAA1", "203.0.113.9", "1@x") +
         sent("AAAAAA1",
              "a@example.com>, relay=local, delay=0, delays=0/0/0/0, dsn=2.0.0, "
              "status=sent (x@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    {"a next host that feigns log fields changes nothing",
     came("AAAAAA1", "203.0.113.9", "1@x") +
         line("smtp",
              "AAAAAA1: to=<bob@x.example>, relay=mx[192.0.2.2]:25, delay=1, "
              "delays=0/0/0/1, dsn=2.0.0, status=sent (250 to=<bob@example.com>, "
              "relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent)"),
     {"stranger 203.0.113.9 1/1"}},
    {"put back into the queue by postsuper",
     came("AAAAAA1", "203.0.113.9", "1@x") +
         line("pickup", "BBBBBB1: uid=109 from=<a@b.example> orig_id=AAAAAA1") +
         line("cleanup", "BBBBBB1: message-id=<1@x>") + sent("BBBBBB1", "bob@x.example"),
     {"stranger 203.0.113.9 1/1"}},
    {"a filter names a client of another server",
     line("smtpd",
          "AAAAAA1: client=localhost[127.0.0.1], orig_queue_id=ZZZZZZ1, "
          "orig_client=x[203.0.113.9]") +
         line("cleanup", "AAAAAA1: message-id=<1@x>") + sent("AAAAAA1", "bob@x.example"),
     {"unclear 203.0.113.9 1/1"}},
    {"an IPv4-mapped client in a private network",
     came("AAAAAA1", "::ffff:10.1.2.3", "1@x") + sent("AAAAAA1", "bob@x.example"),
     {"near ::ffff:10.1.2.3 1/1"}},
    {"its beginning is in an older log", sent("AAAAAA1", "bob@x.example"), {"unknown unknown 1/1"}},
};

TEST(Joiner, CountsForWhoHandedItIn) {
  for (const auto& scene : scenes) {
    EXPECT_EQ(brief(summarise(scene.log, for_example_com())), scene.sources) << scene.name;
  }
}

TEST(Joiner, WithoutOwnDomainsMailboxesAreInsideAndSmtpIsOutside) {
  const auto log = came("AAAAAA1", "203.0.113.9", "1@x") + sent("AAAAAA1", "bob@example.com") +
                   line("local",
                        "AAAAAA1: to=<al@example.com>, relay=local, delay=1, "
                        "delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to mailbox)") +
                   sent("AAAAAA1", "bob@x.example", ", orig_to=<info@example.com>");
  const auto summary = summarise(log, {});
  EXPECT_EQ(brief(summary), Texts{"stranger 203.0.113.9 1/1"});
  EXPECT_FALSE(summary.own_domains_known);
  EXPECT_EQ(summary.forwarded, 1U);
}

TEST(Joiner, CountsOnlyWhatIsAskedFor) {
  const auto log = lab("short-ids.log");
  auto options = for_example_com();
  options.only_clients = mail::IpSet::of(*mail::Network::parse("203.0.113.0/24"));
  EXPECT_EQ(told(summarise(log, options)), Texts{what_they_did[0]});
  options.since = december;
  EXPECT_EQ(told(summarise(log, options)), Texts{});
  options = for_example_com();
  options.trusted = mail::IpSet::of(*mail::IpAddress::parse("203.0.113.9"));
  EXPECT_EQ(summarise(log, options).sources.front().name, "2001:db8:1::9");
}

TEST(Joiner, CountsAsQueuedWhatTheQueueHolds) {
  const auto log = lab("short-ids.log");
  const auto of_first = [&](const Queue& queue) {
    return summarise(log, for_example_com(), queue).sources.front().queued;
  };
  EXPECT_EQ(of_first(std::set<std::string, std::less<>>{"9779D46"}), 1U);
  EXPECT_EQ(of_first(std::set<std::string, std::less<>>{"OTHER01"}), 0U);
}

TEST(Joiner, TellsOfEachMessageOnce) {
  auto options = for_example_com();
  Texts told;
  options.on_relay = [&](const Source& source, const Relayed& relayed) {
    told.push_back(source.name + " " + std::string(relayed.recipient));
  };
  summarise(came("AAAAAA1", "203.0.113.9", "1@x") + sent("AAAAAA1", "bob@x.example") +
                sent("AAAAAA1", "al@x.example"),
            options);
  EXPECT_EQ(told, Texts{"203.0.113.9 bob@x.example"});
}

std::string account_line(const std::string& id, const std::string& client) {
  return line("submission/smtpd",
              id + ": client=unknown[" + client + "], sasl_method=PLAIN, sasl_username=alice") +
         line("cleanup", id + ": message-id=<" + id + "@x>") + sent(id, "bob@" + id + ".example") +
         gone(id);
}

TEST(Joiner, NamesWhatIsOddAboutAnAccount) {
  std::string log;
  for (int i = 0; i < 600; ++i) {
    log += account_line("AAAA" + std::to_string(i + 1000), "203." + std::to_string(i % 9) + ".1.1");
  }
  const auto summary = summarise(log, for_example_com());
  ASSERT_EQ(brief(summary), Texts{"account alice 600/600"});
  const auto& source = summary.sources.front();
  EXPECT_EQ(source.clients, 9U);
  EXPECT_EQ(source.domains, 600U);
  ASSERT_EQ(source.oddities.size(), 2U);
  EXPECT_EQ(source.oddities[0].kind, Oddity::Kind::many_networks);
  EXPECT_EQ(source.oddities[0].count, 9U);
  EXPECT_EQ(source.oddities[1].kind, Oddity::Kind::sudden_volume);
  EXPECT_EQ(utc_text(source.oddities[1].when), "2026-11-22T07:00:00Z");
}

TEST(Joiner, KeepsToItsBounds) {
  auto options = for_example_com();
  options.most_messages = 10;
  options.most_sources = 5;
  std::string log;
  for (int i = 0; i < 100; ++i) {
    const auto id = "AAAA" + std::to_string(i + 1000);
    log += came(id, "203.0.113." + std::to_string(i), id + "@x") + sent(id, "bob@x.example");
  }
  const auto summary = summarise(log, options);
  EXPECT_EQ(summary.forgotten, 90U);
  ASSERT_EQ(summary.sources.size(), 6U);
  EXPECT_EQ(summary.sources.front().name, "stranger");  // those beyond the fifth
  EXPECT_EQ(summary.sources.front().messages, 95U);
}

// An entry of the journal as JSON; `message` is escaped already.
std::string entry(const std::string& daemon, const std::string& message) {
  return "{\"__REALTIME_TIMESTAMP\":\"1795331287000000\",\"_HOSTNAME\":\"mx\","
         "\"SYSLOG_IDENTIFIER\":\"postfix/" +
         daemon + "\",\"MESSAGE\":\"" + message + "\"}\n";
}

TEST(BlockReader, ReadsAJournalAsItReadsALog) {
  const auto json = entry("smtpd", "AAAAAA1: client=x[203.0.113.9]") +
                    entry("smtp",
                          "AAAAAA1: to=<\\\"a b\\\"@x.example>, relay=none, "
                          "status=deferred (x)") +
                    "{\"no\": entry}\n";
  const auto summary = summarise(json, for_example_com());
  EXPECT_EQ(brief(summary), Texts{"stranger 203.0.113.9 1/0"});
  EXPECT_EQ(summary.sources.front().examples.front().recipient, "\"a b\"@x.example");
  EXPECT_EQ(utc_text(summary.first), utc_text(1795331287));
}

// What a real Exim and a real OpenSMTPD wrote; see testdata/README.
TEST(Joiner, CountsForWhomEximRelayed) {
  const auto summary = summarise(lab("exim.log"), for_example_com());
  EXPECT_EQ(
      told(summary),
      (Texts{"stranger 203.0.113.9: 4 messages, 4 sent 0 deferred 0 bounced, 1 domains, 0 queued",
             "stranger 2001:db8:9::9: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued",
             "machine root: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued"}));
}

TEST(Joiner, CountsForWhomOpensmtpdRelayed) {
  const auto summary = summarise(lab("opensmtpd.log"), for_example_com());
  EXPECT_EQ(
      told(summary),
      (Texts{
          "stranger 203.0.113.9: 2 messages, 2 sent 0 deferred 0 bounced, 1 domains, 0 queued"}));
}

// The connection is known by its ID; without its beginning nobody knows whose the message is.
TEST(Joiner, KnowsWhoLoggedInToTheConnection) {
  const std::string id = "Nov 22 14:16:51 mx smtpd[31]: 762d441effefe005 ";
  const std::string message =
      id + "smtp message msgid=a24ce76b size=2 nrcpt=1 proto=ESMTP\n" + id +
      "mta delivery evpid=a24ce76b6513e9cc from=<> to=<x@example.net> rcpt=<-> source=\"-\" "
      "relay=\"192.0.2.9 (mx)\" delay=0s result=\"Ok\" stat=\"250\"\n";
  const std::string connected = id + "smtp connected address=203.0.113.9 host=a.example\n";
  const std::string login = id + "smtp authentication user=alice result=ok\n";
  const std::string rest = ": 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued";
  const auto one = [&](const std::string& log) {
    return told(summarise(log, for_example_com())).at(0);
  };
  EXPECT_EQ(one(connected + login + message), "account alice" + rest);
  EXPECT_EQ(one(connected + message), "stranger 203.0.113.9" + rest);
  EXPECT_TRUE(one(login + message).starts_with("unknown")) << one(login + message);
}

// What a real Sendmail wrote; see testdata/README.
TEST(Joiner, CountsForWhomSendmailRelayed) {
  const auto log = lab("sendmail.log");
  const auto summary = summarise(log, for_example_com());
  const auto sources = told(summary);
  const Texts wanted = {
      "stranger 203.0.113.9: 15 messages, 59 sent 2 deferred 2 bounced, 7 domains, 1 queued",
      "stranger 2001:db8:9:0:0:0:0:9: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued",
      "account alice@mail.example.com: 3 messages, 3 sent 0 deferred 0 bounced, 1 domains, 0 "
      "queued",
      "machine root: 3 messages, 3 sent 0 deferred 0 bounced, 1 domains, 0 queued",
      "machine machine: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued",
      "machine nobody: 1 messages, 1 sent 0 deferred 0 bounced, 1 domains, 0 queued"};
  EXPECT_EQ(sources, wanted);
  EXPECT_EQ(summary.doubtful, 5U);  // local parts that name other addresses
  for (const std::size_t block : {1U, 500U, 4000U}) {
    EXPECT_EQ(told(summarise(log, for_example_com(), std::nullopt, block)), sources) << block;
  }
}

std::string sendmails(const std::string& process, const std::string& text) {
  return "Nov 22 20:57:24 mx sm-mta[" + process + "]: " + text + "\n";
}
std::string came_to_sendmail(const std::string& id, const std::string& protocol,
                             const std::string& client) {
  return sendmails("90", id + ": from=<a@b.example>, size=94, class=0, nrcpts=1, msgid=<" + id +
                             "@x>, proto=" + protocol + ", daemon=MTA, relay=[" + client + "]");
}
std::string left_sendmail(const std::string& id, const std::string& to, const std::string& status) {
  return sendmails("95", id + ": to=" + to +
                             ", delay=00:00:00, xdelay=00:00:00, mailer=esmtp, pri=1, relay=mx. "
                             "[198.51.100.25], dsn=" +
                             status);
}

TEST(Joiner, KnowsASendmailsLoginByItsProcess) {
  const std::string login =
      sendmails("90", "AUTH=server, relay=[203.0.113.9], authid=alice, mech=PLAIN, bits=0");
  const auto gone = left_sendmail("6AMKl3Aq000090", "<x@example.net>", "2.0.0, stat=Sent (ok)");
  const auto of = [&](const std::string& before, const std::string& protocol,
                      const std::string& client) {
    const auto log = before + came_to_sendmail("6AMKl3Aq000090", protocol, client) + gone;
    return brief(summarise(log, for_example_com())).at(0);
  };
  EXPECT_EQ(of(login, "ESMTPSA", "203.0.113.9"), "account alice 1/1");
  // The process has the number of an older one, or the login is in an older log.
  EXPECT_EQ(of(login, "ESMTP", "203.0.113.9"), "stranger 203.0.113.9 1/1");
  EXPECT_EQ(of(login, "ESMTPA", "203.0.113.10"), "account not in the log 1/1");
  EXPECT_EQ(of("", "ESMTPA", "203.0.113.9"), "account not in the log 1/1");
  const std::string anybody =
      sendmails("90", "AUTH=server, relay=[203.0.113.9], authid=x, mech=ANONYMOUS, bits=0");
  EXPECT_EQ(of(anybody, "ESMTPA", "203.0.113.9"), "stranger 203.0.113.9 1/1");
}

TEST(Joiner, TakesForQueuedWhatIsToBeTriedAgain) {
  const std::string id = "6AMKl3Aq000090";
  const auto head = came_to_sendmail(id, "ESMTP", "203.0.113.9");
  const auto later = left_sendmail(id, "<x@example.net>,<y@example.net>", "4.4.1, stat=Deferred");
  const auto x = left_sendmail(id, "<x@example.net>", "2.0.0, stat=Sent (ok)");
  const auto y = left_sendmail(id, "<y@example.net>", "5.1.1, stat=User unknown");
  const auto queued = [](const std::string& log) {
    return summarise(log, for_example_com()).sources.at(0).queued;
  };
  EXPECT_EQ(queued(head + later), 1U);
  EXPECT_EQ(queued(head + later + later + x), 1U);
  EXPECT_EQ(queued(head + later + x + y), 0U);
  EXPECT_EQ(queued(head + x + y), 0U);
}

// The memory stays that of the messages that wait, whatever the log does not tell.
TEST(UnsaidEnds, ForgetsWhatIsLongDone) {
  std::string log = came_to_sendmail("WAITS1", "ESMTP", "203.0.113.9") +
                    left_sendmail("WAITS1", "<x@example.net>", "4.4.1, stat=Deferred") +
                    came_to_sendmail("UNTRIED1", "ESMTP", "203.0.113.9");
  for (int i = 0; i < 70'000; ++i) {
    const auto id = "MSG" + std::to_string(i + 100'000);
    log += came_to_sendmail(id, "ESMTP", "192.168.1.9") +
           left_sendmail(id, "<x@example.net>", "2.0.0, stat=Sent (ok)");
  }
  log += left_sendmail("UNTRIED1", "<x@example.net>", "2.0.0, stat=Sent (ok)");
  auto options = for_example_com();
  options.most_messages = 65'550;
  const auto summary = summarise(log, options);
  EXPECT_EQ(summary.forgotten, 0U);
  ASSERT_EQ(brief(summary).at(0), "stranger 203.0.113.9 2/1");
  EXPECT_EQ(summary.sources.at(0).queued, 1U);
}

}  // namespace
}  // namespace relayproof::logs
