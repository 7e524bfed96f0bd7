#include "dialects/postfix/table_name.h"

#include <gtest/gtest.h>

namespace relayproof::postfix {
namespace {

std::string read(std::string_view text, const Version& version = newest_version) {
  const TableName name = parse_table_name(text, version);
  std::string says(to_string(name.table_class));
  says += name.keys == TableKeys::pattern ? " pattern " : " fixed ";
  says += name.type + "|" + name.name;
  if (name.proxied) says += " proxied";
  for (const auto& part : name.parts) {
    says += " [" + std::to_string(part.offset) + " " + part.text + "]";
  }
  return says;
}

TEST(TableName, SaysWhereTheRowsOfEachTypeAre) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"hash:/etc/postfix/access", "indexed fixed hash|/etc/postfix/access"},
      {"btree:x", "indexed fixed btree|x"},
      {"texthash:/x", "text fixed texthash|/x"},
      {"cidr:/x", "cidr pattern cidr|/x"},
      {"pcre:/x", "pcre pattern pcre|/x"},
      {"regexp:/x", "regexp pattern regexp|/x"},
      {"inline:{a=b}", "rows fixed inline|{a=b}"},
      {"static:OK", "value fixed static|OK"},
      {"randmap:{a,b}", "random pattern randmap|{a,b}"},
      {"mysql:/etc/postfix/sql.cf", "hidden fixed mysql|/etc/postfix/sql.cf"},
      {"unix:passwd.byname", "hidden fixed unix|passwd.byname"},
      {"fail:temporary", "failing fixed fail|temporary"},
      {"proxy:hash:/x", "indexed fixed hash|/x proxied"},
      {"proxy:proxy:cidr:/x", "cidr pattern cidr|/x proxied"},
      {"unionmap:{cidr:/x, hash:/y}",
       "all of pattern unionmap|{cidr:/x, hash:/y} [10 cidr:/x] [19 hash:/y]"},
      {"pipemap:{hash:/x}", "chain fixed pipemap|{hash:/x} [9 hash:/x]"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected);
}

TEST(TableName, IsFailingAndSaysWhyWhatPostfixCannotOpen) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"hash", "expected type:name instead of hash"},
      {":/x", "expected type:name instead of :/x"},
      {"hash:", "expected type:name instead of hash:"},
      {"proxy:hash", "expected type:name instead of proxy:hash"},
      {"2001:db8::/32", "there is no table type 2001"},
      {"HASH:/x", "there is no table type HASH"},
      {"unionmap:hash:/x", "expected unionmap:{type:name, ...}"},
      {"unionmap:{}", "expected unionmap:{type:name, ...}"},
      {"pipemap:{hash:/x} y", "expected pipemap:{type:name, ...}"},
      {"pipemap:{ , }", "no table in pipemap"},
      {"pipemap:{hash:/x, /y}", "expected type:name instead of /y"},
  };
  for (const auto& [text, expected] : cases) {
    const TableName name = parse_table_name(text, newest_version);
    EXPECT_EQ(name.table_class, TableClass::failing) << text;
    EXPECT_EQ(name.problem, expected);
  }
}

TEST(TableName, WithoutATypeOrANameStopsPostfix) {
  for (const auto* text : {"hash", ":/x", "hash:", "pipemap:{hash:/x, y:}", "::1"}) {
    EXPECT_TRUE(parse_table_name(text, newest_version).fatal) << text;
  }
  for (const auto* text : {"proxy:hash", "2001:db8::/32", "hash:/x", "pipemap:{x}", "fail:x"}) {
    EXPECT_FALSE(parse_table_name(text, newest_version).fatal) << text;
  }
}

TEST(TableName, KnowsWhichVersionBroughtAType) {
  EXPECT_EQ(parse_table_name("lmdb:/x", {2, 10}).table_class, TableClass::failing);
  EXPECT_EQ(parse_table_name("lmdb:/x", {2, 11}).table_class, TableClass::indexed);
  EXPECT_EQ(parse_table_name("inline:{a=b}", {2, 11}).table_class, TableClass::failing);
  EXPECT_EQ(parse_table_name("mongodb:/x", {3, 8}).table_class, TableClass::failing);
  EXPECT_EQ(parse_table_name("mongodb:/x", {3, 9}).table_class, TableClass::hidden);
}

TEST(TableName, NestedTooDeepIsFailingAndDoesNotExhaustTheStack) {
  std::string text = "hash:/x";
  for (int i = 0; i < 1000; ++i) text = "pipemap:{" + text + "}";
  const TableName* name = nullptr;
  const TableName outer = parse_table_name(text, newest_version);
  for (name = &outer; !name->parts.empty();) name = &name->parts.front();
  EXPECT_EQ(name->problem, "tables are nested too deep");
}

TEST(TableName, KeepsItsPlaceInTheValue) {
  const TableName name = parse_table_name("unionmap:{ pipemap:{hash:/x}}", newest_version, 100);
  EXPECT_EQ(name.offset, 100U);
  EXPECT_EQ(name.parts.at(0).offset, 111U);
  EXPECT_EQ(name.parts.at(0).parts.at(0).offset, 120U);
}

std::string words(std::string_view text, const Version& version) {
  std::string all;
  for (const auto& word : list_words(text, version)) {
    all += std::to_string(word.offset) + ":" + std::string(word.text) + "|";
  }
  return all;
}

TEST(ListWords, AreSeparatedByCommasAndBlanks) {
  EXPECT_EQ(words(" a,b ,\t c\n", newest_version), "1:a|3:b|8:c|");
  EXPECT_EQ(words(" ,, ", newest_version), "");
}

TEST(ListWords, AreHeldTogetherByBracesFromThreeDotZeroOn) {
  EXPECT_EQ(words("x { a, { b } } c", {3, 0}), "0:x|2:{ a, { b } }|15:c|");
  EXPECT_EQ(words("x:{ a, b}c d", {3, 0}), "0:x:{ a, b}c|11:d|");
  EXPECT_EQ(words("{ a, b", {3, 0}), "0:{ a, b|");
  EXPECT_EQ(words("} a", {3, 0}), "0:}|2:a|");
  EXPECT_EQ(words("{ a }", {2, 11}), "0:{|2:a|4:}|");
}

}  // namespace
}  // namespace relayproof::postfix
