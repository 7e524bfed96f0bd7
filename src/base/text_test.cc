#include "base/text.h"

#include <gtest/gtest.h>

namespace relayproof {
namespace {

struct Escaped {
  std::string_view bytes;
  std::string_view text;
};

class EscapeForeign : public testing::TestWithParam<Escaped> {};

TEST_P(EscapeForeign, MakesBytesHarmless) {
  EXPECT_EQ(escape_foreign(GetParam().bytes), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Bytes, EscapeForeign,
    testing::Values(Escaped{"", ""}, Escaped{"250 2.1.5 Ok", "250 2.1.5 Ok"},
                    Escaped{"Grüße – ok", "Grüße – ok"}, Escaped{"a\tb", "a\\x09b"},
                    Escaped{"\x1b[2J", "\\x1b[2J"}, Escaped{"\x7f", "\\x7f"},
                    Escaped{"\xc2\x9b", "\\xc2\\x9b"}, Escaped{"\xff", "\\xff"},
                    Escaped{"\xc0\xaf", "\\xc0\\xaf"}, Escaped{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
                    Escaped{"\xe2\x80\xae", "\\xe2\\x80\\xae"}, Escaped{"\xe2\x80", "\\xe2\\x80"},
                    Escaped{"back\\slash", "back\\\\slash"},
                    Escaped{std::string_view("\0", 1), "\\x00"}));

TEST(EscapeForeign, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(escape_foreign("aüb", 2), "a ...");
  EXPECT_EQ(escape_foreign("abc", 3), "abc");
}

TEST(ShellQuote, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(shell_quote("user@example.net"), "user@example.net");
  EXPECT_EQ(shell_quote("<>"), "'<>'");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quote("$(id)"), "'$(id)'");
}

TEST(Text, ComparesAsciiWithoutCase) {
  EXPECT_TRUE(equals_ignoring_case("EHLO", "ehlo"));
  EXPECT_FALSE(equals_ignoring_case("EHLO", "ehl"));
  EXPECT_TRUE(contains_ignoring_case("554 Relay Access Denied", "relay access"));
  EXPECT_FALSE(contains_ignoring_case("554", "relay"));
  EXPECT_TRUE(starts_with_ignoring_case("STARTTLS now", "starttls"));
}

TEST(Text, SplitsAndTrims) {
  EXPECT_EQ(trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(trim(" "), "");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
  EXPECT_EQ(words("  a \t b"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_TRUE(words(" ").empty());
}

}  // namespace
}  // namespace relayproof
