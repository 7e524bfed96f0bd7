#include "dialects/postfix/match_list.h"

#include <gtest/gtest.h>

namespace relayproof::postfix {
namespace {

class MatchListTest : public ::testing::Test {
 protected:
  MatchList parse(std::string_view value, const Version& version = newest_version) {
    return parse_match_list(files, value, version);
  }

  std::string read(std::string_view value, const Version& version = newest_version) {
    const MatchList list = parse(value, version);
    std::string all;
    for (const auto& element : list.elements) {
      constexpr std::string_view kinds[] = {"", "table ", "missing "};
      const auto place = list.locate(element);
      all += place ? to_string(*place) : std::to_string(element.column);
      all += element.negated ? " !" : " ";
      all += kinds[static_cast<std::size_t>(element.kind)];
      all += std::string(element.text) + "|";
    }
    if (list.fatal) all += "fatal " + to_string(list.fatal->where) + list.fatal->says;
    return all;
  }

  MemoryFiles files;
};

TEST_F(MatchListTest, HasPatternsInOrderWithTheirPlaces) {
  EXPECT_EQ(read("a.example, !b  [::1]/128\n10.0.0.0/8"),
            "0 a.example|11 !b|15 [::1]/128|25 10.0.0.0/8|");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("!!a !!!b"), "0 a|4 !b|");
}

TEST_F(MatchListTest, TakesEveryWordWithAColonForATable) {
  EXPECT_EQ(read("hash:/x !cidr:/y 2001:db8::/32 [2001:db8::]/32"),
            "0 table hash:/x|8 !table cidr:/y|17 table 2001:db8::/32|31 [2001:db8::]/32|");
  const auto list = parse("a !cidr:/y");
  EXPECT_EQ(list.tables.at(list.elements.at(1).table).offset, 3U);
}

TEST_F(MatchListTest, HoldsBracesTogetherFromThreeDotZeroOn) {
  EXPECT_EQ(read("inline:{a=b, c=d} e"), "0 table inline:{a=b, c=d}|18 e|");
  EXPECT_EQ(read("inline:{a=b, c=d}", {2, 11}), "0 table inline:{a=b|13 c=d}|");
}

TEST_F(MatchListTest, IgnoresWhatIsBehindAHash) {
  EXPECT_EQ(read("a # b c"), "0 a|");
  EXPECT_EQ(read("a#b c"), "0 a#b|4 c|");
  EXPECT_EQ(to_string(parse("a # b c").problems.at(0).where), to_string(SourceRange{"", 0, 3}));
}

TEST_F(MatchListTest, TakesFilesInAndTheirNegationWithThem) {
  files.add("/nets", "# ours\n10.0.0.0/8, 11.0.0.0/8\n\n!12.0.0.0/8\n");
  EXPECT_EQ(read("a /nets b"),
            "0 a|/nets:2:1 10.0.0.0/8|/nets:2:13 11.0.0.0/8|/nets:4:1 !12.0.0.0/8|8 b|");
  EXPECT_EQ(read("!/nets"), "/nets:2:1 !10.0.0.0/8|/nets:2:13 !11.0.0.0/8|/nets:4:1 12.0.0.0/8|");
  EXPECT_EQ(parse("aa /nets").sources.at(1).named_at, 3U);
}

TEST_F(MatchListTest, ReadsLogicalLinesOfFilesFromThreeDotEightOn) {
  files.add("/nets", " a\nb # c\n d\ne\n# x\n  f inline:{g=h,\n i=j}\n");
  EXPECT_EQ(read("/nets", {3, 8}),
            "/nets:2:1 b|/nets:4:1 e|/nets:6:3 f|"
            "/nets:6:5 table inline:{g=h, i=j}|");
  EXPECT_EQ(read("/nets", {3, 7}),
            "/nets:1:2 a|/nets:2:1 b|/nets:3:2 d|/nets:4:1 e|/nets:6:3 f|"
            "/nets:6:5 table inline:{g=h,|/nets:7:2 i=j}|");
}

TEST_F(MatchListTest, AFileThatCannotBeReadFailsWhereItStands) {
  EXPECT_EQ(read("a !/none b"), "0 a|2 missing /none|9 b|");
}

TEST_F(MatchListTest, AFileThatNamesItselfFailsWhereItDoes) {
  files.add("/one", "a /two b\n");
  files.add("/two", "c /one d\n");
  EXPECT_EQ(read("/one"), "/one:1:1 a|/two:1:1 c|/two:1:3 missing /one|/two:1:8 d|/one:1:8 b|");
}

TEST_F(MatchListTest, StopsReadingFilesThatNameEachOtherTooOften) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "/b ";
  files.add("/a", many);
  many.clear();
  for (int i = 0; i < 100; ++i) many += "/c ";
  files.add("/b", many);
  files.add("/c", "x\n");
  const auto list = parse("/a");
  EXPECT_FALSE(list.complete);
  EXPECT_LT(list.sources.size(), 2000U);
  EXPECT_TRUE(parse("/c").complete);
}

TEST_F(MatchListTest, ANegationOfNothingIsFatal) {
  files.add("/nets", "a\n! b\n");
  EXPECT_EQ(read("a ! b"), "0 a|fatal " + to_string(SourceRange{"", 0, 3}) + "no pattern behind !");
  EXPECT_EQ(read("/nets c"), "/nets:1:1 a|fatal /nets:2:1no pattern behind !");
}

TEST_F(MatchListTest, ATableWithoutATypeOrANameIsFatal) {
  EXPECT_EQ(parse("a ::1 b").fatal->says, "expected type:name instead of ::1");
  EXPECT_EQ(parse("a ::1 b").fatal->where.column, 3U);
  EXPECT_TRUE(parse("hash:").fatal);
  EXPECT_FALSE(parse("2001:db8::1").fatal);
}

TEST_F(MatchListTest, OutlivesTheValueAndTheFiles) {
  MatchList list;
  {
    MemoryFiles gone;
    gone.add("/nets", "a\n b\n");
    list = parse_match_list(gone, std::string("x /nets"), newest_version);
  }
  EXPECT_EQ(list.elements.at(0).text, "x");
  EXPECT_EQ(list.elements.at(2).text, "b");
}

TEST(MatchesDomain, TakesParentsInAsTheParameterSays) {
  struct Case {
    std::string_view pattern, name;
    bool plain, parents;
  };
  const Case cases[] = {
      {"example.com", "example.com", true, true},
      {"Example.COM", "eXample.com", true, true},
      {"example.com", "a.example.com", false, true},
      {".example.com", "a.example.com", true, false},
      {".example.com", "example.com", false, false},
      {"example.com", "evil-example.com", false, false},
      {"com", "example.com", false, true},
      {"*", "example.com", false, false},
      {"", "example.com", false, false},
      {"a.example.com", "example.com", false, false},
  };
  for (const auto& [pattern, name, plain, parents] : cases) {
    EXPECT_EQ(matches_domain(pattern, name, false), plain) << pattern << " " << name;
    EXPECT_EQ(matches_domain(pattern, name, true), parents) << pattern << " " << name;
  }
}

}  // namespace
}  // namespace relayproof::postfix
