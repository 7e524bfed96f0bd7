#include "dialects/postfix/syntax.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace relayproof::postfix {
namespace {

// `name=value` a line, with the place of the value; problems behind.
std::string parsed(std::string_view bytes) {
  const MainCf main_cf = parse_main_cf(bytes, "main.cf");
  std::string text;
  for (const SettingPtr& setting : main_cf.settings) {
    text += setting->name + '=' + setting->text + '@' + to_string(setting->where) + '\n';
  }
  for (const Problem& problem : main_cf.problems) {
    text += to_string(problem.where) + (problem.kind == Problem::Kind::fatal ? "!" : "?") +
            problem.says + '\n';
  }
  return text;
}

struct Case {
  const char* bytes;
  const char* expected;
};

TEST(MainCf, IsReadAsPostfixReadsIt) {
  const Case cases[] = {
      {"a = b\n", "a=b@main.cf:1:5\n"},
      {"a=b", "a=b@main.cf:1:3\n"},
      {"a =\n", "a=@main.cf:1:1\n"},
      {"a = b = c \t\n", "a=b = c@main.cf:1:5\n"},
      {"a = b,\n c\n", "a=b, c@main.cf:1:5\n"},
      {"a =\n   b\n", "a=b@main.cf:2:4\n"},
      {"a = b\n# comment\n  # another\n\n   \n\tc\nd = e\n",
       "a=b\tc@main.cf:1:5\nd=e@main.cf:7:5\n"},
      {"a = b\r\n  c\r\n\r\nd = e\r\n", "a=b\r  c@main.cf:1:5\nd=e@main.cf:4:5\n"},
      {"a = b \\\n", "a=b \\@main.cf:1:5\n"},
      {"# only\n\n", ""},
      {"", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(parsed(c.bytes), c.expected) << c.bytes;
}

TEST(MainCf, SaysWhatPostfixRefusesOrIgnores) {
  const Case cases[] = {
      {"name\n", "main.cf:1:1!missing '=' after attribute name: \"name\"\n"},
      {"two words = x\n", "main.cf:1:1!missing '=' after attribute name: \"two words = x\"\n"},
      {"= x\n", "main.cf:1:1!missing attribute name: \"= x\"\n"},
      {"\n  a = b\nc = d\n",
       "c=d@main.cf:3:5\n"
       "main.cf:2:1?begins with a blank but continues no line: Postfix ignores \"  a = b\"\n"},
      {"a = b\na = c\n",
       "a=b@main.cf:1:5\na=c@main.cf:2:5\n"
       "main.cf:2:1?a was set before, in line 1: that line has no effect\n"},
      {"a = b\na = b\n", "a=b@main.cf:1:5\na=b@main.cf:2:5\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(parsed(c.bytes), c.expected) << c.bytes;
}

TEST(MainCf, IsNotReadBehindANullByte) {
  EXPECT_EQ(parsed(std::string_view("a = b\0c\n d\ne = f\n", 17)),
            "a=b@main.cf:1:5\ne=f@main.cf:3:5\n"
            "main.cf:1:6?a null byte: Postfix does not read what follows in this line\n");
}

TEST(Setting, LocatesEachCharacterOfAValueOfSeveralLines) {
  const MainCf main_cf = parse_main_cf("mynetworks = 10.0.0.0/8,\n# no\n   192.0.2.0/24\n", "f");
  const Setting& setting = *main_cf.settings.front();
  EXPECT_EQ(setting.text, "10.0.0.0/8,   192.0.2.0/24");
  EXPECT_EQ(to_string(setting.locate(0)), "f:1:14");
  EXPECT_EQ(to_string(setting.locate(10)), "f:1:24");
  EXPECT_EQ(to_string(setting.locate(14)), "f:3:4");
}

}  // namespace
}  // namespace relayproof::postfix
