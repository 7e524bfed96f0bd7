#include "dialects/postfix/system_users.h"

#include <gtest/gtest.h>

#include "dialects/postfix/table.h"

namespace relayproof::postfix {
namespace {

constexpr const char* users =
    "root:x:0:0:root:/root:/bin/bash\n\nalice:x:1000:1000::/:/bin/sh\nodd\n";

TEST(SystemUsers, AreThoseOfPasswdWhereNobodyElseIsAsked) {
  const MemoryFiles files({{"/etc/passwd", users},
                           {"/etc/nsswitch.conf", "# all\ngroup: files ldap\npasswd:\tfiles\n"}});
  const auto found = read_system_users(files);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->rows.size(), 2U);
  EXPECT_EQ(found->rows[0].key, "root");
  EXPECT_EQ(found->rows[1].key, "alice");
  EXPECT_EQ(found->rows[1].line, 3U);
}

TEST(SystemUsers, AreNotKnownWhereSomebodyElseIsAsked) {
  for (const std::string services :
       {"", "passwd: files ldap\n", "passwd: compat\n", "passwd: files\npasswd: sss files\n"}) {
    const MemoryFiles files({{"/etc/passwd", users}, {"/etc/nsswitch.conf", services}});
    EXPECT_FALSE(read_system_users(files)) << services;
  }
  MemoryFiles without;
  EXPECT_FALSE(read_system_users(without));
  without.add("/etc/nsswitch.conf", "passwd: files\n");
  EXPECT_FALSE(read_system_users(without));
}

TEST(SystemUsers, AreTheRowsOfTheTableOfUsersOnly) {
  const MemoryFiles files({{"/etc/passwd", users}, {"/etc/nsswitch.conf", "passwd: files\n"}});
  TableAccess access;
  access.files = &files;
  const auto open = [&](std::string_view name) {
    return read_table(parse_table_name(name, access.options.version), access).standing;
  };
  EXPECT_EQ(open("proxy:unix:passwd.byname"), Standing::read);
  EXPECT_EQ(open("unix:group.byname"), Standing::hidden);
}

}  // namespace
}  // namespace relayproof::postfix
