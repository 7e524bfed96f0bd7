#include "dialects/postfix/pattern_table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace relayproof::postfix {
namespace {

using patterns::Flavour;

/// An engine whose patterns are literal text: `(` counts as a group, `*` does not compile.
Result<std::size_t> count_groups(const PatternText& pattern) {
  if (pattern.text.find('*') != std::string_view::npos) return failure("nothing to repeat");
  return static_cast<std::size_t>(std::count(pattern.text.begin(), pattern.text.end(), '('));
}

std::optional<bool> finds(const PatternText& pattern, std::string_view key) {
  if (pattern.text == "slow") return {};
  return key.find(pattern.text) != std::string_view::npos;
}

PatternTable read(std::string content, PatternSyntax syntax = PatternSyntax::pcre) {
  return parse_pattern_table("t", std::make_shared<const std::string>(std::move(content)), syntax,
                             {}, count_groups);
}

std::string find(const PatternTable& table, std::string_view key) {
  const PatternRow* row = find_row(table, key, finds);
  return row == nullptr ? "-" : std::string(row->text);
}

std::string lines(const PatternTable& table) {
  std::string all;
  for (const auto& problem : table.problems) all += std::to_string(problem.where.line) + " ";
  return all;
}

std::string print(const PatternText& pattern) {
  std::string all = pattern.negated ? "!" : "";
  all += std::string(pattern.text) + "|";
  const auto& o = pattern.options;
  const std::pair<bool, char> flags[] = {
      {o.ignore_case, 'i'}, {o.multiline, 'm'},      {o.dot_all, 's'}, {o.extended, 'x'},
      {o.anchored, 'A'},    {o.dollar_endonly, 'E'}, {o.ungreedy, 'U'}};
  for (const auto& [on, letter] : flags) all += on ? std::string(1, letter) : "";
  if (pattern.flavour == Flavour::posix_basic) all += " basic";
  if (pattern.flavour == Flavour::posix_extended) all += " extended";
  return all;
}

TEST(PatternTable, ReadsPcrePatternsWithTheirFlags) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"/a/ x", "a|is"},         {"/a/i x", "a|s"},
      {"/a/ii x", "a|is"},       {"/a/msxAEUX x", "a|imxAEU"},
      {"!/a/ x", "!a|is"},       {"! ! /a/ x", "a|is"},
      {"/a\\/b/ x", "a\\/b|is"}, {",a/b, x", "a/b|is"},
      {"{a{ x", "a|is"},         {"// x", "|is"},
      {"!xax y", "!a|is"},
  };
  for (const auto& [text, expected] : cases) {
    const auto table = read(std::string(text));
    ASSERT_EQ(table.rows.size(), 1U) << text;
    EXPECT_EQ(print(table.rows[0].pattern), expected) << text;
  }
}

TEST(PatternTable, ReadsRegexpPatternsWithTheirFlags) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"/a/ x", "a|i extended"},   {"/a/i x", "a| extended"},     {"/a/mx x", "a|im basic"},
      {"/a/xx x", "a|i extended"}, {"/a/!/b/ x", "a|i extended"}, {"/a\\", "a|i extended"},
  };
  for (const auto& [text, expected] : cases) {
    const auto table = read(std::string(text), PatternSyntax::regexp);
    ASSERT_EQ(table.rows.size(), 1U) << text;
    EXPECT_EQ(print(table.rows[0].pattern), expected) << text;
  }
}

TEST(PatternTable, SkipsBadRowsAlone) {
  for (const auto* text :
       {"/a x", "/a/q x", "a/ x", "!", "/a/ $x", "/a/ $1", "!/(a)/ $1", "/a*/ x", "/a/ $",
        "/a/ ${1", "/(a)/ $0", "/(a)/ $2", " /a/ x", "/a\\", "endif", "/a/s$1 x"}) {
    const auto table = read(text);
    EXPECT_TRUE(table.rows.empty()) << text;
    EXPECT_EQ(table.problems.size(), 1U) << text;
  }
  EXPECT_TRUE(read("/a/!/b/ x", PatternSyntax::pcre).rows.empty());
  EXPECT_TRUE(read("/a/s x", PatternSyntax::regexp).rows.empty());
  EXPECT_TRUE(read("/a/!/b*/ x", PatternSyntax::regexp).rows.empty());
}

TEST(PatternTable, KeepsARowWithoutAResultAndSaysSo) {
  const auto table = read("/a/\n");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].text, "");
  EXPECT_EQ(table.problems.size(), 1U);
}

TEST(PatternTable, GivesTheFirstRowWhosePatternIsFound) {
  const auto table = read("/abc/ 1\n/slow/ 2\n!/slow/ 3\n!/b/ 4\n/b/ 5\n");
  EXPECT_EQ(find(table, "xabcx"), "1");
  EXPECT_EQ(find(table, "x"), "4");
  EXPECT_EQ(find(table, "b"), "5");
}

TEST(PatternTable, AsksTheSecondRegexpToo) {
  const auto table = read("/a/!/b/ 1\n/a/ 2\n", PatternSyntax::regexp);
  EXPECT_EQ(find(table, "ax"), "1");
  EXPECT_EQ(find(table, "ab"), "2");
}

TEST(PatternTable, RunsBlocksWhereTheirConditionHolds) {
  const auto table = read("if /a/\n/b/ 1\nIf !/c/\n/a/ 2\nENDIF\nendif x\n/./ 3\n/d/ 4");
  EXPECT_EQ(find(table, "ab"), "1");
  EXPECT_EQ(find(table, "ad"), "2");
  EXPECT_EQ(find(table, "acd"), "4");
  EXPECT_EQ(find(table, "bd"), "4");
  EXPECT_EQ(lines(table), "6 ");
}

TEST(PatternTable, ABlockWhoseConditionIsBadHasNone) {
  const auto table = read("if /a/\nif /x*/\n/b/ 1\nendif\n/c/ 2\nendif\n");
  EXPECT_EQ(find(table, "ab"), "1");
  EXPECT_EQ(find(table, "b"), "-");
  EXPECT_EQ(find(table, "c"), "2");
  EXPECT_EQ(lines(table), "2 6 ");
}

TEST(PatternTable, ABlockWithoutAnEndGoesToTheEnd) {
  const auto table = read("if /a/\n/b/ 1\n");
  EXPECT_EQ(find(table, "ab"), "1");
  EXPECT_EQ(find(table, "b"), "-");
  EXPECT_EQ(lines(table), "1 ");
}

TEST(PatternTable, SaysWhatItIgnoresBehindAnIf) {
  EXPECT_EQ(lines(read("if /a/\n  /b/ 1\nendif\n")), "1 ");
}

TEST(ResultTemplate, IsTextWithGroups) {
  const auto result = parse_result("a $1$$${2}$(3)x$$$$");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->groups, 3U);
  ASSERT_EQ(result->parts.size(), 6U);
  EXPECT_EQ(result->fill({"all", "1", std::nullopt, "3"}), "a 1$3x$$");
  EXPECT_EQ(result->fill({"all"}), "a $x$$");
  EXPECT_EQ(parse_result("$1x").has_value(), false);
  EXPECT_EQ(parse_result("${1x}").has_value(), false);
  EXPECT_EQ(parse_result("${1?x}").has_value(), false);
  EXPECT_EQ(parse_result("$99999999999999999999").has_value(), false);
  EXPECT_EQ(parse_result("")->fill({}), "");
}

}  // namespace
}  // namespace relayproof::postfix
