#include "dialects/postfix/table_parser.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

std::string print(const Rows& rows) {
  std::string all;
  for (const auto& row : rows.rows) {
    all += std::to_string(row.line) + " <" + std::string(row.key) + "> <" + std::string(row.value) +
           ">\n";
  }
  for (const auto& problem : rows.problems) {
    all += to_string(problem.where) + ": " + problem.says + "\n";
  }
  return all;
}

std::string read(std::string content, TableOptions options = {}) {
  return print(parse_rows("t", std::make_shared<const std::string>(std::move(content)), options));
}

TEST(Rows, AreAKeyAndTheRestOfTheLine) {
  EXPECT_EQ(read("a@b  OK \t\r\nExample.COM\tREJECT go  away\n"),
            "1 <a@b> <OK>\n2 <Example.COM> <REJECT go  away>\n");
  EXPECT_EQ(read("a b"), "1 <a> <b>\n");
  EXPECT_EQ(read(""), "");
}

TEST(Rows, GoOnInLinesThatBeginWithWhiteSpace) {
  EXPECT_EQ(read("a b\n  c\n\n# no\n #no\n d\ne f\n"), "1 <a> <b  c d>\n7 <e> <f>\n");
  EXPECT_EQ(read("# c\n\n  \na b\n \n"), "4 <a> <b>\n");
}

TEST(Rows, ThatPostfixIgnoresAreProblems) {
  EXPECT_EQ(read(" a b\nc d\n"),
            "2 <c> <d>\nt:1:1: a line that begins with white space is ignored\n");
  EXPECT_EQ(read("a\nb c\n"), "2 <b> <c>\nt:1:1: a line without a key and a value is ignored\n");
  EXPECT_EQ(read("a: b\n"),
            "1 <a:> <b>\nt:1:1: the key ends with a colon, as in an aliases file\n");
  EXPECT_EQ(read("\"a b\n"), "t:1:1: a line with an odd number of quotes is ignored\n");
}

TEST(Rows, KeepBlanksInQuotesFromThreeDotTwoOn) {
  EXPECT_EQ(read("\"a b\"@c OK\n"), "1 <\"a b\"@c> <OK>\n");
  EXPECT_EQ(read("a\\ b OK\n"), "1 <a\\ b> <OK>\n");
  EXPECT_EQ(read("\"a b\"@c OK\n", {{3, 1}, true}), "1 <\"a> <b\"@c OK>\n");
}

TEST(Rows, EndAtAZeroByte) {
  EXPECT_EQ(read(std::string("a b\0c\nd e\n", 10)), "1 <a> <b>\n2 <d> <e>\n");
  EXPECT_EQ(read(std::string("\0a b\n", 5)),
            "t:1:1: a line without a key and a value is ignored\n");
}

TEST(Rows, ThatAreNotUtf8AreIgnoredWhereSmtpUtf8IsOn) {
  EXPECT_EQ(read("\xC3\xA9 b\n\xFF b\n\xC0\x80 c\n\xED\xA0\x80 d\n"),
            "1 <\xC3\xA9> <b>\nt:2:1: a line that is not UTF-8 is ignored\n"
            "t:3:1: a line that is not UTF-8 is ignored\n"
            "t:4:1: a line that is not UTF-8 is ignored\n");
  EXPECT_EQ(read("\xFF b\n", {newest_version, false}), "1 <\xFF> <b>\n");
  EXPECT_EQ(read("\xFF b\n", {{2, 11}, true}), "1 <\xFF> <b>\n");
}

TEST(Rows, NoteAtMostAHundredProblems) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "x\n";
  const auto rows = parse_rows("t", std::make_shared<const std::string>(many), {});
  EXPECT_EQ(rows.problems.size(), 100U);
}

TEST(RowIndex, FindsKeysInAnyCaseAndSaysWhichRowsAreHidden) {
  const auto rows =
      parse_rows("t", std::make_shared<const std::string>("A 1\nb 2\na 3\nB 4\n"), {});
  const RowIndex first(rows.rows, RowIndex::Duplicates::first);
  EXPECT_EQ(first.find("a")->value, "1");
  EXPECT_EQ(first.find("B")->value, "2");
  EXPECT_EQ(first.find("c"), nullptr);
  ASSERT_EQ(first.hidden().size(), 2U);
  EXPECT_EQ(first.hidden()[0]->line, 3U);
  const RowIndex last(rows.rows, RowIndex::Duplicates::last);
  EXPECT_EQ(last.find("A")->value, "3");
  EXPECT_EQ(last.hidden()[1]->line, 2U);
}

TEST(RowIndex, OfNoRowsFindsNothing) {
  const std::vector<Row> none;
  EXPECT_EQ(RowIndex(none, RowIndex::Duplicates::first).find("a"), nullptr);
}

TEST(Inline, HoldsPairsWithAndWithoutBraces) {
  EXPECT_EQ(print(parse_inline("{a=b, {c d = e f} g =h}", {})),
            ": no = in c d = e f\n");  // a blank ends the name
  EXPECT_EQ(print(parse_inline("{a=b, {c = e f}, {\"x y\" = z}}", {})),
            "0 <a> <b>\n0 <c> <e f>\n0 <\"x y\"> <z>\n");
}

TEST(Inline, WithAnErrorHasNoRowsAndIsFatal) {
  for (const auto* text :
       {"", "a=b", "{}", "{ , }", "{a}", "{a=b", "{a=b}x", "{a=b, {c}", "{{a=b}x}"}) {
    const Rows rows = parse_inline(text, {});
    EXPECT_TRUE(rows.rows.empty()) << text;
    ASSERT_FALSE(rows.problems.empty()) << text;
    EXPECT_EQ(rows.problems[0].kind, Problem::Kind::fatal);
  }
}

std::string targets(std::string_view value) {
  constexpr std::string_view kinds[] = {"address", "command", "file", "include"};
  std::string all;
  for (const auto& target : alias_targets(value)) {
    all += std::string(kinds[static_cast<std::size_t>(target.kind)]) + " <" + target.text + ">";
  }
  return all;
}

TEST(AliasTargets, AreAddressesCommandsFilesAndLists) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"a, b@c", "address <a>address <b@c>"},
      {"\"|/bin/x a, b\", /var/x", "command </bin/x a, b>file </var/x>"},
      {"|/bin/x", "command </bin/x>"},
      {":include:/etc/list", "include </etc/list>"},
      {"\":include:/etc/list\"", "include </etc/list>"},
      {"a (a, comment), \\b", "address <a>address <b>"},
      {"\"a \\\"b\"", "address <a \"b>"},
      {" , ", ""},
  };
  for (const auto& [value, expected] : cases) EXPECT_EQ(targets(value), expected);
}

TEST(Aliases, AreNamesWithTargets) {
  const auto aliases = parse_aliases(
      "aliases", std::make_shared<const std::string>(
                     "# all\nPostmaster: root\n\"a b\": c,\n d\nnothing\nempty:\n:x\n"));
  ASSERT_EQ(aliases.rows.size(), 2U);
  EXPECT_EQ(aliases.rows[0].name, "postmaster");
  EXPECT_EQ(aliases.rows[1].name, "a b");
  EXPECT_EQ(aliases.rows[1].targets.size(), 2U);
  EXPECT_EQ(aliases.rows[1].line, 3U);
  ASSERT_EQ(aliases.problems.size(), 3U);
  EXPECT_EQ(aliases.problems[2].where.line, 7U);
}

}  // namespace
}  // namespace relayproof::postfix
