#include "dialects/postfix/expand.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "dialects/postfix/defaults.h"

namespace relayproof::postfix {
namespace {

// `text` in this version, where a = "A", empty = "", two = "$a $a", level = "3.6", n = "12".
Value expanded(const std::string& text, const Version& version = newest_version) {
  const std::map<std::string, std::string, std::less<>> names = {
      {"a", "A"},  {"empty", ""},          {"two", "$a $a"},       {"level", "3.6"},
      {"n", "12"}, {"loop", "x${around}"}, {"around", "y${loop}"},
  };
  const LookupFunction lookup = [&](std::string_view name, std::size_t horizon) -> Lookup {
    const auto found = names.find(name);
    if (found == names.end()) return {};
    return {default_setting(name, found->second, Provenance::main_cf), horizon};
  };
  return expand(default_setting("x", text, Provenance::main_cf), 0, ExpandRules::of(version),
                lookup);
}

struct Case {
  const char* text;
  const char* expected;
};

TEST(Expand, GivesWhatPostfixGives) {
  const Case cases[] = {
      {"plain", "plain"},
      {"$a ${a} $(a)", "A A A"},
      {"$a.b$a-c", "A.bA-c"},
      {"$$a $$", "$a $"},
      {"<$nothing>", "<>"},
      {"$two", "A A"},
      {"${a?x}${empty?x}${nothing?x}", "x"},
      {"${a:x}${empty:y}${nothing:z}", "yz"},
      {"${a?{x}:{y}} ${empty?{x}:{y}}", "x y"},
      {"${a?{ $two }}", " A A "},
      {"${a ? {x} : {y}}", "x"},
      {"${ a }", "A"},
      {"${empty:{$a}}", "A"},
      {"${a?b:c}", "b:c"},
      {"${{$a} == {A} ? {yes} : {no}}", "yes"},
      {"${{$a} != {A} ? {yes} : {no}}", "no"},
      {"${{$n} < {9} ? {number} : {not}}", "not"},
      {"${{x12} < {x9} ? {text} : {not}}", "text"},
      {"${{$level} <level {3.10} ? {older} : {newer}}", "older"},
      {"${{$level} < {3.10} ? {older} : {newer}}", "newer"},
      {"${{$level} >=level {3.6.0}}", "true"},
      {"${{1} == {2}}", ""},
      {"${{1} == {2}:x}", "x"},
      {"${{${a?{1}:{2}}} == {1} ? {nested} : {}}", "nested"},
  };
  for (const Case& c : cases) {
    const Value value = expanded(c.text);
    EXPECT_FALSE(value.failed) << c.text << ": " << (value.failed ? value.failed->says : "");
    EXPECT_EQ(value.text, c.expected) << c.text;
  }
}

TEST(Expand, FailsWhereEachVersionOfPostfixFails) {
  for (const char* text :
       {"$", "a$ b", "${a", "$(a", "${}", "${a-b}", "${{1} == {2}", "${{1} = {2}}", "${{1} == 2}",
        "${{1} ==other {2}}", "${{x} <level {2}}", "${a?{b}c}", "${a?{b}:{c}d}", "${{1} == {1}x}",
        "$loop", "${{99999999999999999999} < {1}}"}) {
    const Value value = expanded(text);
    ASSERT_TRUE(value.failed) << text;
    EXPECT_EQ(value.failed->kind, Problem::Kind::fatal);
    EXPECT_EQ(value.text, "") << text;
  }
}

TEST(Expand, FollowsTheVersion) {
  EXPECT_EQ(expanded("${a?{x}:{y}}", {2, 11}).text, "{x}:{y}");
  EXPECT_TRUE(expanded("${{1} == {1}}", {2, 11}).failed);
  EXPECT_EQ(expanded("${{1} == {1}}", {3, 0}).text, "true");
  EXPECT_TRUE(expanded("${ a }", {3, 2}).failed);
  EXPECT_TRUE(expanded("${{3} <level {3.6}}", {3, 5}).failed);
}

TEST(Expand, NamesEveryParameterThatTookPart) {
  const Value value = expanded("${empty?{$a}:{$two}} $a");
  std::string names;
  for (const SettingPtr& setting : value.uses) names += setting->name + ' ';
  EXPECT_EQ(names, "x empty two a a a ");
}

TEST(Expand, KeepsThePlaceOfEachCharacter) {
  const Value value = expanded("b ${a?{c $a}} d");
  ASSERT_EQ(value.text, "b c A d");
  EXPECT_EQ(value.written_in(2).name, "x");
  EXPECT_EQ(value.written_in(4).name, "a");
  EXPECT_EQ(value.written_in(6).name, "x");
  EXPECT_EQ(value.written_in(99).name, "x");
  EXPECT_EQ(value.pieces[1].offset, 7U);
}

TEST(Level, IsComparedByItsParts) {
  EXPECT_LT(level_number("2"), level_number("3.6"));
  EXPECT_LT(level_number("3.6"), level_number("3.10"));
  EXPECT_EQ(level_number("3.6"), level_number("3.6.0"));
  for (const char* text : {"", "x", "3.", "3.6.1.2", "-1", "3.1024", " 3"}) {
    EXPECT_LT(level_number(text), 0) << text;
  }
}

}  // namespace
}  // namespace relayproof::postfix
