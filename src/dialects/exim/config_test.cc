// Options, named lists, ACL statements and drivers as they are taken apart.
#include "dialects/exim/config.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace relayproof::exim {
namespace {

Config parsed(const std::string& text) {
  const MemoryFiles files;
  return parse(read_lines(files, {"/exim4.conf", text, {}}), "/exim4.conf");
}

TEST(Lists, AreDividedAtTheirSeparator) {
  using Items = std::vector<std::string>;
  const struct {
    std::string list;
    Items items;
  } cases[] = {
      {"a : b:c", {"a", "b", "c"}},
      {"<; ::1 ; 2001:db8::1", {"::1", "2001:db8::1"}},
      {"127.0.0.1 : ::::1", {"127.0.0.1", "::1"}},
      {"", {}},
      {"a :: b", {"a : b"}},
      {":", {""}},
      {"<, a, b : c", {"a", "b : c"}},
  };
  for (const auto& one : cases) EXPECT_EQ(items_of(one.list), one.items) << one.list;
}

TEST(Configurations, AreTakenApart) {
  const auto config = parsed(
      "no_message_logs\nhide qualify_domain = \"a\\tb\"\n"
      "domainlist_cache local = example.com\nbegin acl\n"
      "rcpt:\n  accept !hosts = 10.0.0.0/8\n    endpass\n    set acl_m_x = y\n  deny\n"
      "begin routers\nout:\n  driver = dnslookup\n  no_more\n  unseen\n"
      "begin rewrite\n*@a.example  $1@b.example  Ttf\n");
  ASSERT_TRUE(config.read.problems.empty()) << config.read.problems.front().says;
  EXPECT_FALSE(config.is_on("message_logs", true));
  EXPECT_EQ(config.value("qualify_domain"), "a\tb");
  ASSERT_NE(config.list(NamedList::Kind::domain, "local"), nullptr);
  const auto* acl = config.acl("rcpt");
  ASSERT_NE(acl, nullptr);
  ASSERT_EQ(acl->statements.size(), 2U);
  const auto& items = acl->statements[0].items;
  ASSERT_EQ(items.size(), 3U);
  EXPECT_TRUE(items[0].negated);
  EXPECT_EQ(items[0].value, "10.0.0.0/8");
  EXPECT_EQ(items[1].name, "endpass");
  EXPECT_EQ(items[2].variable, "acl_m_x");
  ASSERT_EQ(config.routers.size(), 1U);
  EXPECT_FALSE(config.routers[0].is_on("more", true));
  EXPECT_TRUE(config.routers[0].is_on("unseen", false));
  ASSERT_EQ(config.rewrites.size(), 1U);
  EXPECT_EQ(config.rewrites[0].replacement, "$1@b.example");
}

TEST(Configurations, ThatEximWouldNotTakeAreNamedByLine) {
  const struct {
    std::string text;
    std::size_t line;
  } cases[] = {
      {"begin acl\nrcpt:\n  permit\n", 3},
      {"begin acl\nrcpt:\n  accept hostz = a\n", 3},
      {"begin acl\nrcpt:\n  accept hosts\n", 3},
      {"begin acl\nrcpt:\n  deny endpass\n", 3},
      {"begin nothing\n", 1},
      {"begin acl\nbegin acl\n", 2},
      {"qualify_domain = a\nqualify_domain = b\n", 2},
      {"domainlist a = b\ndomainlist a = c\n", 2},
      {"begin routers\na:\n  driver = accept\na:\n  driver = accept\n", 4},
      {"begin routers\n  driver = accept\n", 2},
      {"qualify domain\n", 1},
  };
  for (const auto& one : cases) {
    const auto config = parsed(one.text);
    ASSERT_FALSE(config.read.problems.empty()) << one.text;
    EXPECT_EQ(config.read.problems.front().where.line, one.line) << one.text;
  }
}

}  // namespace
}  // namespace relayproof::exim
