#include "patterns/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "support/golden.h"

namespace relayproof::patterns {

int fuzz_pattern_parser(const std::uint8_t* data, std::size_t size);

namespace {

constexpr auto pcre = Flavour::pcre;
constexpr auto extended = Flavour::posix_extended;
constexpr auto basic = Flavour::posix_basic;

using Strings = std::vector<std::string>;
using Captures = std::vector<std::optional<std::string>>;

struct Row {
  Flavour flavour;
  std::string_view text;
  Strings matched;
  Strings not_matched;
  Options options = {};
};

Pattern compiled(std::string_view text, Flavour flavour = pcre, const Options& options = {}) {
  auto pattern = Pattern::compile(text, flavour, options);
  EXPECT_TRUE(pattern.has_value()) << text;
  return *pattern;
}

/// The engine and the language say so, too.
void expect(const Pattern& pattern, const std::string& subject, bool matched) {
  EXPECT_EQ(pattern.matches(subject), matched) << pattern.text() << " on " << subject;
  EXPECT_EQ(pattern.language().upper.contains(subject), matched)
      << pattern.text() << " on " << subject;
}

void expect_exact(const std::vector<Row>& rows) {
  for (const auto& row : rows) {
    const auto pattern = compiled(row.text, row.flavour, row.options);
    EXPECT_TRUE(pattern.language().exact()) << to_string(row.flavour) << " " << row.text;
    for (const auto& subject : row.matched) expect(pattern, subject, true);
    for (const auto& subject : row.not_matched) expect(pattern, subject, false);
  }
}

const Options ignore_case{.ignore_case = true};
const Options lines{.multiline = true};

TEST(Language, OfPcreConstructsIsExact) {
  expect_exact({
      {pcre, "", {"", "x"}, {}},
      {pcre, "b", {"b", "abc"}, {"", "B"}},
      {pcre, "b", {"aBc"}, {"a"}, ignore_case},
      {pcre, "^b", {"bc"}, {"ab", "\nb"}},
      {pcre, "^b", {"bc", "\nb"}, {"ab"}, lines},
      {pcre, "a^|^", {"a"}, {}, lines},
      {pcre, "\n^", {"\n\n"}, {"\n", "a\n"}, lines},
      {pcre, "b$", {"ab", "ab\n"}, {"ba", "b\n\n", "b\na"}},
      {pcre, "b$", {"ab", "b\n\n", "b\na"}, {"ba"}, lines},
      {pcre, "b$", {"ab"}, {"ab\n"}, {.dollar_endonly = true}},
      {pcre, "b\\z", {"ab"}, {"ab\n"}},
      {pcre, "\\Ab\\Z", {"b", "b\n"}, {"ab"}, lines},
      {pcre, "^a.b$", {"a.b", std::string("a\0b", 3)}, {"a\nb", "ab"}},
      {pcre, "^a.b$", {"a\nb"}, {"ab"}, {.dot_all = true}},
      {pcre, "b", {"ba"}, {"ab"}, {.anchored = true}},
      {pcre, "^a b # c\n+$", {"ab", "abb"}, {"a b"}, {.extended = true}},
      {pcre, "^a*$", {"", "aa"}, {"ab"}},
      {pcre,
       "^(a+?|b{2}|c{2,}?|d{1,2}|e{0}x)$",
       {"aa", "bb", "ccc", "dd", "x"},
       {"b", "c", "ddd", "ex"}},
      {pcre, "^a{x}{$", {"a{x}{"}, {"a"}},
      {pcre, "^(?:a|b|)c$", {"ac", "bc", "c"}, {"abc"}},
      {pcre, "^(?<name>a)(?P<other>b)(?'third'c)$", {"abc"}, {"ab"}},
      {pcre, "^(?i)a(?-i)b$", {"Ab"}, {"AB"}},
      {pcre, "^(?i:a)b$", {"Ab"}, {"AB"}},
      {pcre, "^(a(?i)b|c)d$", {"aBd", "Cd"}, {"AbD", "aBD"}},
      {pcre, "^\\d\\D\\w\\W\\s\\S$", {"1a_- x"}, {"aa_- x", "1a__ x"}},
      {pcre, "^\\h\\H\\v\\V\\N$", {"\ta\naa"}, {"\ta\na\n"}},
      {pcre,
       "^\\x40\\x{2e}\\t\\n\\r\\e\\f\\a\\cA\\0\\041\\o{42}$",
       {std::string("@.\t\n\r\x1b\f\a\x01\0!\"", 12)},
       {""}},
      {pcre, "^\\x40\\x{2e}\\t\\.\\@\\-$", {"@.\t.@-"}, {"a.\t.@-"}},
      {pcre, "^\\Qa.b*\\E+$", {"a.b*", "a.b**"}, {"aab*"}},
      {pcre,
       "^[a-c.\\d][^a-c\\]][]x][^]x][\\w-][a\\-z]$",
       {"bd]a-z", ".1x_a-"},
       {"ba]a-z", "bd]]-z"}},
      {pcre, "^[[:alpha:]][[:^alpha:]][\\Q^]\\E]$", {"a1]", "b-^"}, {"11]"}},
      {pcre, "^[[:upper:]][A-C]$", {"ab", "XB"}, {"1b"}, ignore_case},
      {pcre, "^[^a]$", {"b"}, {"A", "a"}, ignore_case},
      {pcre, "\\bmail\\b", {"mail", "a mail.b", "-mail-"}, {"email", "mail_"}},
      {pcre, "a\\Bb", {"ab"}, {"a"}},
      {pcre, "^(?!.*@example\\.com$)", {"a@b", "a@example.comx"}, {"a@example.com"}},
      {pcre, "^(?=.*a)(?=.*b).{2}$", {"ab", "ba"}, {"aa", "abc"}},
      {pcre, "a(?!b)", {"a", "ac", "aba"}, {"ab"}},
      {pcre, "(?<!\\.)@", {"a@", "@", ".@@"}, {".@"}},
      {pcre, "(?<=^|[.@])example", {"example", "a.example"}, {"aexample"}},
      {pcre, "a\\Kb|\\Gc(?#comment)d", {"ab", "cd"}, {"acd"}},
      {pcre, "^(^a|b$){1,2}$", {"a", "b", "ab"}, {"ba", "aa"}},
      {pcre, "(?^:A)", {"A"}, {"a"}, ignore_case},
  });
}

TEST(Language, OfPosixConstructsIsExact) {
  expect_exact({
      {extended, "b", {"b", "abc"}, {"", "B"}},
      {extended, "b", {"B"}, {""}, ignore_case},
      {extended, "^b$", {"b"}, {"b\n", "ab", "\nb"}},
      {extended, "^b$", {"b", "b\n", "\nb\n"}, {"ab"}, lines},
      {extended, "^.$", {"\n", "a"}, {"", "ab"}},
      {extended, "a.b", {"axb"}, {"a\nb"}, lines},
      {extended, "a[^x]b", {"ayb"}, {"a\nb"}, lines},
      {extended, "^(a|b)+(c|)d?$", {"abcd", "a"}, {"c"}},
      {extended, "^a{2}b{1,}c{,2}d{0,1}$", {"aab", "aabbccd"}, {"ab", "aabccc"}},
      {extended, "^\\d\\t\\.$", {"dt."}, {"1\t."}},
      {extended, "^\\w\\W\\s\\S$", {"a- b"}, {"-- b"}},
      {extended, "\\<mail\\>", {"a mail"}, {"email", "mailx"}},
      {extended, "\\bmail\\B", {"mailx"}, {"mail", "email"}},
      {extended, "\\`a\\'", {"a"}, {"a\n", "\na"}, lines},
      {extended, "^[a\\]$", {"a", "\\"}, {"]", "\\]"}},
      {extended, "^[]a][^]a][a-][[.-.]x][[=b=]]$", {"]b--b", "aca-b"}, {"]]--b"}},
      {extended, "^[[:alpha:]_-]+$", {"a_-"}, {"1"}},
      {extended, "^[[:upper:]][+-Z]$", {"a-", "Az"}, {"1a", "a_"}, ignore_case},
      {extended, "a)", {"a)"}, {"a"}},
      {extended, "a|^b$|", {"x", ""}, {}},
      {extended, "x^", {}, {"x", "x^"}},
      {extended, "()a(b())", {"ab"}, {"a"}},
      {basic, "^\\(a\\|b\\)\\+c\\?x\\{2\\}$", {"abxx", "acxx"}, {"cxx", "ax"}},
      {basic, "^*a+?|(){}$", {"*a+?|(){}"}, {"a"}},
      {basic, "\\(*a\\|*b\\)", {"*a", "*b"}, {"a"}},
      {basic, "a^b$c", {"a^b$c"}, {"abc"}},
      {basic, "\\(^a$\\)", {"a"}, {"ab", "ba"}},
  });
}

TEST(Language, OfPosixIgnoresWhatFollowsANul) {
  const auto pattern = compiled("a.b", extended);
  expect(pattern, std::string("axb\0y", 5), true);
  expect(pattern, std::string("\0axb", 4), false);
  expect(pattern, std::string("a\0b", 3), false);
  const auto last = compiled("[^b]$", extended);
  expect(last, std::string("a\0b", 3), true);
  expect(last, std::string("b\0a", 3), false);
}

TEST(Language, IsBoundedWhereAConstructIsNotRegularOrNotUnderstood) {
  const struct {
    Flavour flavour;
    std::string_view text;
    std::string_view certain;   ///< of the lower bound; empty: nothing is
    std::string_view possible;  ///< of the upper bound
    std::string_view excluded;  ///< from the upper bound; empty: nothing is
  } rows[] = {
      {pcre, "^([ab]+)@\\1$", "", "a@b", "a@c"},
      {pcre, "^(?:x|([ab]+)@\\1)$", "x", "a@b", "a@c"},
      {extended, "^([ab]+)@\\1$", "", "a@b", "a@c"},
      {basic, "^\\([ab]\\)@\\1$", "", "a@b", "a@c"},
      {pcre, "^a++b$", "", "aab", "aac"},
      {pcre, "^(?>a|ab)c$", "", "abc", "b"},
      {pcre, "^(?:x|(?<=ab)c)", "x", "c", "d"},
      {pcre, "^(?<n>a)\\k<n>$", "", "aa", "b"},
      {pcre, "^\\p{Lu}b$", "", "Ab", "b"},
      {pcre, "^\\Rb$", "", "\r\nb", "b"},
      {pcre, "^(?:a\\b.?)*$", "a", "a.a", "b"},
      {pcre, "a(?R)?b", "", "", ""},
      {pcre, "^(a)?(?(1)b|c)$", "", "c", ""},
      {pcre, "(*UTF)^.$", "", "\xc3\xa4", ""},
      {pcre, "(?|(a)|(b))", "", "b", ""},
  };
  for (const auto& row : rows) {
    const auto pattern = compiled(row.text, row.flavour);
    const auto& [lower, upper] = pattern.language();
    EXPECT_FALSE(pattern.language().exact()) << row.text;
    if (!row.certain.empty()) {
      EXPECT_TRUE(lower.contains(row.certain)) << row.text;
      EXPECT_EQ(pattern.matches(row.certain), true) << row.text;
    } else {
      EXPECT_EQ(find_any(lower, {}, nullptr), Searched::exhausted) << row.text;
    }
    EXPECT_TRUE(upper.contains(row.possible)) << row.text;
    if (!row.excluded.empty()) {
      EXPECT_FALSE(upper.contains(row.excluded)) << row.text;
      EXPECT_EQ(pattern.matches(row.excluded), false) << row.text;
    }
  }
}

// glibc 2.36 hangs or overflows the stack where it is asked for these.
TEST(Pattern, LeavesAloneWhatTheCLibraryCannotDo) {
  for (const char* text : {"(a*)*\\1*", "((a)|b)*\\2", "(a)(b\\1)*"}) {
    const auto pattern = compiled(text, extended);
    EXPECT_EQ(pattern.matches("aa"), std::nullopt) << text;
    EXPECT_TRUE(pattern.captures("aa").empty()) << text;
  }
  for (const char* text : {"(a*)*", "(|b){2,}c?", "((a)?|b)+"}) {
    const auto pattern = compiled(text, extended);
    EXPECT_EQ(pattern.matches("aa"), true) << text;
    EXPECT_TRUE(pattern.captures("aa").empty()) << text;
  }
  EXPECT_EQ(compiled("^(a|b)*$", extended).captures("ab").size(), 2U);
  EXPECT_EQ(compiled("^(.*)@(.+)$", extended).captures("a@b").size(), 3U);
  EXPECT_EQ(compiled("^([ab]+)@\\1$", extended).captures("ab@ab").size(), 2U);
}

TEST(Language, OfEscapedSmallLettersWhereGlibcIgnoresCaseIsOnlyBounded) {
  // In glibc 2.36 it matches nothing: see posix_syntax.cc.
  const auto pattern = compiled("^\\d$", extended, ignore_case);
  EXPECT_FALSE(pattern.language().lower.contains("d"));
  EXPECT_TRUE(pattern.language().upper.contains("d"));
  expect(pattern, "1", false);
}

TEST(Language, OfWhatIsTooLongOrTooDeepIsUnknown) {
  const std::string texts[] = {std::string(5000, 'a'),
                               std::string(150, '(') + "a" + std::string(150, ')')};
  for (const auto& text : texts) {
    const auto pattern = compiled(text);
    EXPECT_FALSE(pattern.language().exact());
    EXPECT_TRUE(pattern.language().upper.contains(""));
    EXPECT_FALSE(pattern.language().lower.contains(text));
  }
}

// glibc 2.36, although REG_NEWLINE is not set.
TEST(Pattern, AnAnchorMayHoldAtANewlineThatIsMatched) {
  for (const auto* text : {"(.{2,}x?)^", "a.^", "(^a.)*b", "(x|[^x])+(^|b)", "(a$)*[^b]"}) {
    const auto [lower, upper] = compiled(text, extended).language();
    EXPECT_TRUE(upper.contains("a\n")) << text;
    EXPECT_FALSE(lower.same_term(upper)) << text;
  }
  EXPECT_EQ(compiled("a.^", extended).matches("a\n"), true);
  for (const auto* text : {"(^|\\.)example\\.com$", "^a.*$", "(^|@).*b", "a*^", "(a$|.*b)"}) {
    const auto [lower, upper] = compiled(text, extended).language();
    EXPECT_TRUE(lower.same_term(upper)) << text;
  }
}

TEST(Pattern, WhatTheEngineDoesNotTakeIsAnError) {
  const std::pair<Flavour, std::string_view> rows[] = {
      {pcre, "a("},     {pcre, "*"},        {pcre, "[b-a]"},       {pcre, "(?<=a*)"},
      {extended, "a("}, {extended, "*"},    {extended, "[b-a]"},   {extended, "a{2"},
      {basic, "\\("},   {basic, "\\{1\\}"}, {extended, "[[:x:]]"}, {extended, "\\1"},
  };
  for (const auto& [flavour, text] : rows) {
    const auto pattern = Pattern::compile(text, flavour, {});
    ASSERT_FALSE(pattern.has_value()) << text;
    EXPECT_FALSE(pattern.error().message.empty());
  }
}

TEST(Pattern, KeepsWhatItWasMadeOf) {
  const auto pattern = compiled("(a)|(b)", extended, ignore_case);
  EXPECT_EQ(pattern.text(), "(a)|(b)");
  EXPECT_EQ(to_string(pattern.flavour()), "posix-extended");
  EXPECT_EQ(pattern.options(), ignore_case);
  EXPECT_EQ(pattern.groups(), 2U);
  EXPECT_EQ(to_string(pcre), "pcre");
  EXPECT_EQ(to_string(basic), "posix-basic");
}

TEST(Pattern, CapturesAreThoseOfTheFirstMatch) {
  const auto pattern = compiled("([a-z]+)=(?:([0-9]+)|(x))");
  const Captures expected{"k=12", "k", "12", std::nullopt};
  EXPECT_EQ(pattern.captures("..k=12 j=x"), expected);
  EXPECT_EQ(pattern.captures("k="), Captures{});
  const auto posix = compiled("([a-z]+)=(([0-9]+)|(x))", extended);
  const Captures longest{"j=x", "j", "x", std::nullopt, "x"};
  EXPECT_EQ(posix.captures("j=x"), longest);
}

TEST(Pattern, AnEngineThatGivesUpIsUnknown) {
  const auto pattern = compiled("^(a+)+$");
  const std::string subject = std::string(60, 'a') + "b";
  EXPECT_EQ(pattern.matches(subject), std::nullopt);
  EXPECT_TRUE(pattern.captures(subject).empty());
  EXPECT_FALSE(pattern.language().upper.contains(subject)) << "what the engine could not say";

  const std::string_view bombs[] = {"((((a{1,255}){1,255}){1,255}){1,255})",
                                    "a++++++++++++++++++++",
                                    "(((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+",
                                    "(a)+++++++++++++++++++++++++++++++++++++"};
  for (const auto bomb : bombs) {
    EXPECT_EQ(compiled(bomb, extended).matches("a"), std::nullopt) << bomb;
  }
  EXPECT_EQ(compiled(bombs[0], extended).groups(), 4U);
  const auto refers = compiled("(a*)*(a*)\\1b", extended);
  EXPECT_EQ(refers.matches(std::string(5000, 'a')), std::nullopt);
}

TEST(Pattern, SubjectsCapturingBringsTheWantedTextIntoTheGroup) {
  const struct {
    Flavour flavour;
    std::string_view text;
    std::size_t group;
    std::string_view wanted;
    std::string_view first;
  } rows[] = {
      {pcre, "^(.*)=(.*)@example\\.com$", 2, "outside.test", "a=outside.test@example.com"},
      {pcre, "^(.*)=(.*)@example\\.com$", 1, "u", "u=a@example.com"},
      {extended, "^(.+)%([^@]+)@(.*)$", 2, "outside.test", "a%outside.test@a"},
      {basic, "^\\(.*\\)@old\\.example$", 1, "user", "user@old.example"},
      {pcre, "^X-To: *<?([^ >]+)>?$", 1, "r@outside.test", "X-To:r@outside.test"},
      {pcre, "^(?:x|y-(a|b)?)$", 1, "b", "y-b"},
      {pcre, "^(?:([a-z]+),)*end$", 1, "last", "last,end"},
      {pcre, "^Relay$", 0, "Relay", "Relay"},
      {pcre, "^(?=.*x)([a-z]+)@", 1, "axb", "axb@a"},
  };
  for (const auto& row : rows) {
    const auto pattern = compiled(row.text, row.flavour);
    const auto subjects = pattern.subjects_capturing(row.group, row.wanted, 3);
    ASSERT_FALSE(subjects.empty()) << row.text;
    EXPECT_EQ(subjects.front(), row.first) << row.text;
    for (const auto& subject : subjects) {
      EXPECT_EQ(pattern.captures(subject).at(row.group), row.wanted);
    }
  }
}

TEST(Pattern, SubjectsCapturingFindsNoneWhereThereIsNone) {
  EXPECT_TRUE(compiled("^([a-z]+)@").subjects_capturing(1, "a@b", 3).empty());
  EXPECT_TRUE(compiled("^([a-z]+)@").subjects_capturing(2, "a", 3).empty());
  EXPECT_TRUE(compiled("^([a-z]+)@").subjects_capturing(1, "a", 0).empty());
  EXPECT_TRUE(compiled("(*UTF)(a)").subjects_capturing(1, "a", 1).empty());
}

TEST(Pattern, CapturesOnlyListsAllTextsOfAFiniteGroup) {
  const struct {
    std::string_view text;
    std::size_t group;
    std::optional<Strings> texts;
  } rows[] = {
      {"^(.*)@(one|two|t?three)$", 2, Strings{"one", "three", "tthree", "two"}},
      {"^(.*)@(one|two)$", 1, std::nullopt},
      {"^([ab]{0,2})$", 1, Strings{"", "a", "aa", "ab", "b", "ba", "bb"}},
      {"^(?i)(a)$", 1, Strings{"A", "a"}},
      {"^([a-z]{3})$", 1, std::nullopt},
      {"^(a)\\1*$", 0, std::nullopt},
      {"^(^a$)$", 1, Strings{"a"}},
      {"(a)", 2, std::nullopt},
      {"(*UTF)(a)", 1, std::nullopt},
      {"abc", 0, Strings{"abc"}},
  };
  for (const auto& row : rows) {
    Strings texts;
    EXPECT_EQ(compiled(row.text).captures_only(row.group, texts), row.texts.has_value())
        << row.text;
    std::sort(texts.begin(), texts.end());
    EXPECT_EQ(texts, row.texts.value_or(Strings{})) << row.text;
  }
}

TEST(Pattern, SavedFuzzInputsPass) {
  std::size_t inputs = 0;
  const std::string corpus = std::string(RELAYPROOF_SOURCE_DIR) + "/fuzz/corpus/pattern_parser";
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const std::string bytes = testing_support::read_file(entry.path().string());
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    EXPECT_EQ(fuzz_pattern_parser(data, bytes.size()), 0);
    ++inputs;
  }
  EXPECT_GE(inputs, 8U);
}

}  // namespace
}  // namespace relayproof::patterns
