// Configurations whose real behaviour is known, and what is said of them.
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "dialects/exim/small_config_test.h"

namespace relayproof::exim {

std::string verdict(const dialects::Loaded& found) {
  if (!found.runs) return "does not run";
  if (found.policy.doors.empty()) return "no door";
  for (const auto& assumption : found.assumptions) {
    if (assumption.decisive) return "undecided: " + assumption.says;
  }
  const auto reach = policy::reach(found.policy, found.policy.doors[0], {});
  const auto trusted = mail::loopback() | mail::IpSet::of(*mail::IpAddress::parse("192.0.2.25"));
  const auto surely = reach.surely - trusted;
  const auto possibly = reach.possibly - trusted;
  if (surely != possibly) {
    std::string why = "undecided";
    for (const auto question : reach.hangs_on) {
      why += ", " + found.policy.questions.at(question).name;
    }
    for (const auto& limit : reach.limits) why += ", " + limit;
    return why;
  }
  if (surely.empty()) return "closed";
  return surely == mail::IpSet::all() - trusted ? "open" : surely.to_string();
}

namespace {

struct Known {
  std::string name;
  std::string text;
  std::string verdict;
};

std::vector<Known> known() {
  const std::string deny_only =
      "  deny message = Relaying denied\n"
      "       !hosts = : +relay_from_hosts\n"
      "       domains = !+local_domains\n";
  return {
      {"the gate of Exim's own default", with_acl(gate), "closed"},
      {"only a deny, no accept", with_acl(deny_only), "closed"},
      {"the same, and accept", with_acl(deny_only + "  accept\n"), "closed"},
      {"accept alone", with_acl("  accept\n"), "open"},
      {"no ACL at RCPT", head.substr(0, head.find("acl_smtp_rcpt")) + tail, "closed"},
      {"an empty ACL", with_acl(""), "closed"},
      {"without the require", with_acl("  require verify = recipient\n  accept\n"), "open"},
      // A domain that resolves is refused, and what does not resolve goes nowhere unless its owner
      // lets it resolve later.
      {"what can be verified is dropped", with_acl("  drop verify = recipient\n  accept\n"),
       "undecided, the domain has mail servers"},
      {"what can be verified is dropped, without a certificate",
       with_acl("  drop !verify = certificate\n       verify = recipient\n  accept\n"),
       "undecided, the domain has mail servers"},
      {"what can be verified is dropped, but for one mailbox",
       with_acl("  drop verify = recipient\n       !local_parts = nobody7\n  accept\n"), "open"},
      {"a sender in the own domain", with_acl("  accept sender_domains = +local_domains\n" + gate),
       "open"},
      {"a HELO", with_acl("  accept condition = ${if eq{$sender_helo_name}{sesame}}\n" + gate),
       "open"},
      {"everybody in the list of hosts", with_acl("  accept hosts = *\n"), "open"},
      {"a network", with_acl("  accept hosts = 198.51.100.0/24\n" + gate), "198.51.100.0/24"},
      {"a network without one host",
       with_acl("  accept hosts = !198.51.100.7 : 198.51.100.0/29\n" + gate),
       "198.51.100.0/30 198.51.100.4/31 198.51.100.6"},
      {"who names us as MX", with_acl("  accept domains = @mx_any\n" + gate), "open"},
      {"endpass closes",
       with_acl("  accept domains = +local_domains\n  endpass\n"
                "  verify = recipient\n  deny\n"),
       "closed"},
      {"discard takes and throws away", with_acl("  discard\n"), "closed"},
      {"a nested ACL lets everybody in",
       head + "begin acl\nall:\n  accept\nrcpt:\n  accept acl = all\n" + tail, "open"},
      {"a nested ACL lets nobody in",
       head + "begin acl\nnone:\n  deny\nrcpt:\n  accept acl = none\n" + tail, "closed"},
      {"the percent hack is read before the ACL", "percent_hack_domains = *\n" + with_acl(gate),
       "closed"},
      {"a router that sends user%outside on",
       head + "begin acl\nrcpt:\n" + gate +
           "begin routers\nhack:\n  driver = redirect\n  domains = +local_domains\n"
           "  local_parts = ^[^%]+%[^%]+\\$\n  data = ${sg{$local_part}{%}{@}}\n" +
           tail.substr(tail.find("remote:")),
       "open"},
      {"a router throws away what is not ours",
       head +
           "begin acl\nrcpt:\n  accept\nbegin routers\nhole:\n  driver = redirect\n"
           "  domains = ! +local_domains\n  data = :blackhole:\n" +
           tail.substr(tail.find("aliases:")),
       "closed"},
      {"a login without a secret",
       with_acl(gate) + "begin authenticators\nplain:\n  driver = plaintext\n"
                        "  public_name = PLAIN\n  server_condition = true\n",
       "open"},
      {"a login with one",
       with_acl(gate) + "begin authenticators\nplain:\n  driver = plaintext\n"
                        "  public_name = PLAIN\n  server_condition = ${if eq{$2}{secret}}\n",
       "closed"},
      {"what only a guessed password admits",
       with_acl(gate) + "begin authenticators\nplain:\n  driver = plaintext\n"
                        "  public_name = PLAIN\n"
                        "  server_condition = ${if eq{$auth2}{$auth3}}\n",
       "open"},
      {"rows of a database are the owner's",
       head + "begin acl\nrcpt:\n" + gate +
           "begin routers\nrows:\n  driver = redirect\n"
           "  data = ${lookup mysql{select a from b where c='$local_part@$domain'}}\n" +
           tail.substr(tail.find("remote:")),
       "closed"},
      {"a redirection that is not followed",
       head + "begin acl\nrcpt:\n" + gate +
           "begin routers\nodd:\n  driver = redirect\n  domains = +local_domains\n"
           "  data = ${tr{$local_part}{%}{@}}\n" +
           tail.substr(tail.find("remote:")),
       "undecided: whom it redirects to is not followed: ${tr is not followed"},
      {"domains of a database",
       with_acl("  accept domains = ${lookup mysql{select a from b where c='$domain'}}\n" + gate),
       "closed"},
      {"domains by what the DNS says",
       with_acl("  accept domains = ${lookup dnsdb{mx=$domain}{$domain}}\n" + gate),
       "undecided, ${lookup dnsdb{mx=$domain}{$domain}}"},
      {"an unknown verb", with_acl("  permit hosts = *\n"), "does not run"},
  };
}

class KnownCase : public testing::TestWithParam<Known> {};

TEST_P(KnownCase, IsJudgedAsItBehaves) {
  EXPECT_EQ(verdict(load(GetParam().text)), GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(Cases, KnownCase, testing::ValuesIn(known()),
                         [](const testing::TestParamInfo<Known>& known) {
                           std::string name = known.param.name;
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

// A condition about the null sender defers all but one network: a witness that sends from <> is
// none for the others.
TEST(Exposures, AreForAllTheirClients) {
  const auto loaded =
      load(with_acl("  defer condition = ${if eq{$sender_address}{}{1}{0}}\n"
                    "        !hosts = <; 203.0.113.0/25\n"
                    "  accept\n"));
  const auto reach = policy::reach(loaded.policy, loaded.policy.doors.at(0));
  ASSERT_FALSE(reach.exposures.empty());
  for (const auto& exposure : reach.exposures) {
    for (const auto* client : {"203.0.113.9", "198.51.100.7"}) {
      auto attempt = exposure.witness;
      attempt.client = *mail::IpAddress::parse(client);
      if (!exposure.clients.contains(attempt.client)) continue;
      EXPECT_EQ(policy::decide(loaded.policy, 0, attempt).relay, Truth::yes)
          << client << " from " << attempt.mail_from;
    }
  }
}

policy::Decision decided(const dialects::Loaded& loaded, const std::string& from,
                         const std::string& to, const std::string& client = "203.0.113.9") {
  return policy::decide(loaded.policy, 0, attempt(from, to, client));
}

TEST(Decisions, OfTheUsualConfiguration) {
  const auto usual = load(with_acl(gate));
  const struct {
    std::string from;
    std::string to;
    std::string reply;
    int code;
  } cases[] = {
      {"<a@example.org>", "<x@example.net>", "reject", 550},
      {"<>", "<x@example.net>", "reject", 550},
      {"<a@example.org>", "<alice@example.com>", "accept", 250},
      {"<a@example.org>", "<ALICE@Example.COM>", "accept", 250},
      {"<a@example.org>", "<nobody@example.com>", "reject", 550},
      {"<a@example.org>", "<out@example.com>", "accept", 250},
      {"<a@example.org>", "<Postmaster>", "accept", 250},
      {"<a@example.org>", "<alice>", "reject", 501},
      {"<a@example.org>", "<alice@[192.0.2.25]>", "reject", 501},
      {"<a@example.org>", "<@x.example:alice@example.com>", "accept", 250},
      {"<nobody@example.com>", "<alice@example.com>", "reject", 550},
      {"<a>", "<alice@example.com>", "reject", 501},
  };
  for (const auto& one : cases) {
    const auto decision = decided(usual, one.from, one.to);
    EXPECT_EQ(to_string(decision.reply), one.reply) << one.from << " " << one.to;
    EXPECT_EQ(decision.answer.code, one.code) << one.from << " " << one.to;
    EXPECT_EQ(decision.relay, Truth::no) << one.from << " " << one.to;
  }
  EXPECT_EQ(decided(usual, "<a@example.org>", "<x@example.net>", "127.0.0.1").relay, Truth::yes);
}

TEST(Decisions, WithoutHeloAreRefusedAtMail) {
  const auto usual = load(with_acl(gate));
  auto without = attempt("<a@example.org>", "<alice@example.com>");
  without.helo.reset();
  EXPECT_EQ(told(usual, without), "503");
}

// receive.c: without a recipient that is left nothing is asked any more.
TEST(Decisions, OfMessagesWithoutRecipientsSkipTheLastAcl) {
  const std::string data = "acl_smtp_data = data\nacl_smtp_mail = mail\n";
  const auto with = [&](const std::string& rcpt) {
    return load(data + head + "begin acl\ndata:\n  deny\nmail:\n" +
                "  discard senders = bob@example.org\n  accept\nrcpt:\n" + rcpt + tail);
  };
  const auto one = with("  discard local_parts = hole\n  accept\n");
  EXPECT_EQ(told(one, attempt("<bob@example.org>", "<x@example.net>")), "250 dropped");
  EXPECT_EQ(told(one, attempt("<a@example.org>", "<hole@example.net>")), "250 dropped");
  EXPECT_EQ(told(one, attempt("<a@example.org>", "<x@example.net>")), "550");
  auto second = attempt("<a@example.org>", "<hole@example.net>");
  second.after = {"<alice@example.com>"};
  EXPECT_EQ(told(one, second), "550");
}

}  // namespace
}  // namespace relayproof::exim
