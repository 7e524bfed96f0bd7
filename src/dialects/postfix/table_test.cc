#include "dialects/postfix/table.h"

#include <gtest/gtest.h>

namespace relayproof::postfix {
namespace {

class TableTest : public ::testing::Test {
 protected:
  Table read(std::string_view text, const Version& version = newest_version) {
    return read_table(parse_table_name(text, version),
                      {&files, "/var/spool/postfix", {version, true}, nullptr});
  }
  MemoryFiles files;
};

TEST_F(TableTest, ReadsTheSourceOfAnIndexedTable) {
  files.add("/etc/access", "a OK\na REJECT\n", 10);
  files.add("/etc/access.db", "", 10);
  const Table table = read("hash:/etc/access");
  EXPECT_EQ(table.standing, Standing::read);
  EXPECT_EQ(table.index, Index::current);
  EXPECT_EQ(table.file, "/etc/access");
  ASSERT_TRUE(table.rows);
  EXPECT_EQ(table.rows->rows.size(), 2U);
  EXPECT_EQ(table.duplicates, RowIndex::Duplicates::first);
  EXPECT_TRUE(table.problems.empty());
}

TEST_F(TableTest, SaysThatAnIndexIsOlderThanItsSourceOrAbsent) {
  files.add("/etc/access", "a OK\n", 11);
  files.add("/etc/access.db", "", 10);
  EXPECT_EQ(read("btree:/etc/access").index, Index::stale);
  EXPECT_EQ(read("hash:/etc/access").problems.at(0).says,
            "/etc/access.db is older: postmap has not run since");
  const Table lmdb = read("lmdb:/etc/access");
  EXPECT_EQ(lmdb.index, Index::absent);
  EXPECT_EQ(lmdb.standing, Standing::read);
  EXPECT_EQ(lmdb.problems.at(0).says, "there is no /etc/access.lmdb: postmap has not run");
  EXPECT_EQ(read("texthash:/etc/access").index, Index::none_needed);
}

TEST_F(TableTest, IsHiddenWithAnIndexAloneAndMissingWithoutBoth) {
  files.add("/etc/access.db", "", 10);
  EXPECT_EQ(read("hash:/etc/access").standing, Standing::hidden);
  EXPECT_EQ(read("hash:/etc/access").why, "only the index of /etc/access is there, not its source");
  EXPECT_EQ(read("cdb:/etc/access").standing, Standing::missing);
  EXPECT_EQ(read("cidr:/etc/nets").standing, Standing::missing);
  EXPECT_EQ(read("texthash:/etc").standing, Standing::failing);
}

TEST_F(TableTest, ReadsRelativeNamesFromTheQueueDirectory) {
  files.add("/var/spool/postfix/access", "a OK\n");
  EXPECT_EQ(read("texthash:access").standing, Standing::read);
}

TEST_F(TableTest, TexthashWithAKeyTwiceIsFailing) {
  files.add("/etc/access", "a OK\nA REJECT\n");
  const Table table = read("texthash:/etc/access");
  EXPECT_EQ(table.standing, Standing::failing);
  EXPECT_EQ(table.why, "the key A comes twice, which texthash: does not take");
  EXPECT_EQ(table.problems.at(0).where.line, 2U);
}

TEST_F(TableTest, ReadsCidrAndPatternsFromFilesAndFromTheName) {
  files.add("/etc/nets", "10.0.0.0/8 OK\n");
  EXPECT_EQ(read("cidr:/etc/nets").cidr->rows.size(), 1U);
  EXPECT_EQ(read("proxy:cidr:{{10.0.0.0/8 OK}, { 11.0.0.0/8 NO }}").cidr->rows.size(), 2U);
  EXPECT_EQ(read("pcre:{{/a/ x, y}}").patterns->rows.at(0).text, "x, y");
  EXPECT_EQ(read("regexp:{{/a/ x}}").patterns->rows.size(), 1U);
  EXPECT_EQ(read("pcre:{{/a/ x}}", {3, 6}).standing, Standing::missing);
  EXPECT_EQ(read("pcre:{/a/ x}").standing, Standing::failing);
  EXPECT_EQ(read("pcre:{{/a/ x}").standing, Standing::failing);
  EXPECT_EQ(read("pcre:{}").patterns->rows.size(), 0U);
}

TEST_F(TableTest, ReadsInlineRowsOfWhichTheLastCounts) {
  const Table table = read("inline:{a=1, {a = 2 3}}");
  EXPECT_EQ(table.standing, Standing::read);
  EXPECT_EQ(RowIndex(table.rows->rows, table.duplicates).find("A")->value, "2 3");
  EXPECT_EQ(read("inline:{a}").standing, Standing::failing);
  EXPECT_EQ(read("inline:{a}").why, "no = in a");
}

TEST_F(TableTest, ReadsStaticAndRandomValues) {
  EXPECT_EQ(read("static:OK").values, std::vector<std::string>{"OK"});
  EXPECT_EQ(read("static:{ REJECT go away }").values, std::vector<std::string>{"REJECT go away"});
  EXPECT_EQ(read("static:{OK", {2, 11}).values, std::vector<std::string>{"{OK"});
  EXPECT_EQ(read("static:{OK").standing, Standing::failing);
  EXPECT_EQ(read("randmap:{a, b}").values.size(), 2U);
  EXPECT_EQ(read("randmap:{}").standing, Standing::failing);
}

TEST_F(TableTest, ReadsThePartsOfCompositeTables) {
  files.add("/etc/nets", "10.0.0.0/8 OK\n");
  const Table table = read("unionmap:{cidr:/etc/nets, hash:/none, mysql:/x}");
  EXPECT_EQ(table.standing, Standing::read);
  ASSERT_EQ(table.parts.size(), 3U);
  EXPECT_EQ(table.parts[0].standing, Standing::read);
  EXPECT_EQ(table.parts[1].standing, Standing::missing);
  EXPECT_EQ(table.parts[2].standing, Standing::hidden);
}

TEST_F(TableTest, JoinsTheValuesOfAUnion) {
  files.add("/etc/one", "Example.net OK\nboth REJECT\nboth OK\n");
  files.add("/etc/one.db", "");
  files.add("/etc/two", "both DUNNO\nother OK\n");
  const Table table = read("unionmap:{hash:/etc/one, texthash:/etc/two}");
  ASSERT_NE(table.rows, nullptr);
  const RowIndex index(table.rows->rows, table.duplicates);
  EXPECT_EQ(table.rows->rows.size(), 3U);
  EXPECT_EQ(index.find("example.net")->value, "OK");
  EXPECT_EQ(index.find("both")->value, "REJECT,DUNNO");
  EXPECT_EQ(index.find("other")->value, "OK");
  EXPECT_EQ(read("unionmap:{static:OK, texthash:/etc/two}").rows, nullptr);
  EXPECT_EQ(read("unionmap:{hash:/etc/two, texthash:/etc/two}").rows, nullptr) << "no index yet";
}

TEST_F(TableTest, IsFailingOrHiddenWithItsReason) {
  EXPECT_EQ(read("fail:x").standing, Standing::failing);
  EXPECT_EQ(read("nosuch:x").why, "there is no table type nosuch");
  EXPECT_EQ(read("mysql:/etc/sql.cf").standing, Standing::hidden);
  EXPECT_EQ(to_string(Standing::hidden), "hidden");
}

TEST_F(TableTest, ReadsAliases) {
  files.add("/etc/aliases", "root: me\n");
  const auto hash = parse_table_name("hash:/etc/aliases", newest_version);
  const auto nis = parse_table_name("nis:aliases", newest_version);
  const auto none = parse_table_name("hash:/etc/none", newest_version);
  EXPECT_EQ(read_aliases(hash, {&files, "/", {}, nullptr})->rows.size(), 1U);
  EXPECT_EQ(read_aliases(nis, {&files, "/", {}, nullptr}), nullptr);
  EXPECT_EQ(read_aliases(none, {&files, "/", {}, nullptr}), nullptr);
}

}  // namespace
}  // namespace relayproof::postfix
