#include "patterns/language.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace relayproof::patterns {
namespace {

Language letters(std::string_view members) {
  return Language::one_of([=](unsigned char each) {
    return members.find(static_cast<char>(each)) != std::string_view::npos;
  });
}

std::vector<std::string> offered(const Language& language, const SearchBudget& budget,
                                 Searched& searched) {
  std::vector<std::string> members;
  searched = find_member(
                 language,
                 [&](std::string_view member) {
                   members.emplace_back(member);
                   return false;
                 },
                 budget)
                 .searched;
  return members;
}

TEST(Language, OperatorsMeanWhatTheyDoToSets) {
  const auto ab = letters("ab");
  const auto word = ab.repeated(1, std::nullopt);
  const auto ends_in_b = word.then(Language::text("b")) | Language::text("b");
  const struct {
    Language language;
    std::string_view string;
    bool contained;
  } rows[] = {
      {Language::none(), "", false},
      {Language::all(), "", true},
      {Language::all(), std::string_view("\0\xff", 2), true},
      {Language::text(""), "", true},
      {Language::text("ab"), "ab", true},
      {Language::text("ab"), "abb", false},
      {Language::text_ignoring_case("a-B"), "A-b", true},
      {ab, "a", true},
      {ab, "", false},
      {ab.repeated(2, 3), "a", false},
      {ab.repeated(2, 3), "abb", true},
      {ab.repeated(2, 3), "abba", false},
      {ab.repeated(3, 2), "aa", false},
      {ab.repeated(0, 0), "", true},
      {(ab | Language::text("")).repeated(2, 2), "a", true},
      {ends_in_b & ~Language::text("b"), "b", false},
      {ends_in_b & ~Language::text("b"), "ab", true},
      {ends_in_b & ~Language::text("b"), "aba", false},
      {~Language::none(), "x", true},
      {~Language::all(), "x", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(row.language.contains(row.string), row.contained) << row.string;
    EXPECT_NE((~row.language).contains(row.string), row.contained) << row.string;
  }
}

TEST(Language, UnionOfManyIsTheUnion) {
  std::vector<Language> texts;
  texts.reserve(3000);
  for (int i = 0; i < 3000; ++i) texts.push_back(Language::text("d" + std::to_string(i)));
  const auto all = Language::union_of(texts);
  EXPECT_TRUE(all.contains("d2999"));
  EXPECT_FALSE(all.contains("d3000"));
  EXPECT_FALSE(Language::union_of({}).contains(""));
}

TEST(Language, TermsThatAreWrittenAlikeAreTheSame) {
  const auto a = Language::text("a");
  const auto b = Language::text("b");
  EXPECT_TRUE((a | b).same_term(b | a | b));
  EXPECT_TRUE((~(~a)).same_term(a));
  EXPECT_TRUE((a & b & Language::all()).same_term(b & a));
  EXPECT_TRUE((a | Language::all()).same_term(Language::all()));
  EXPECT_TRUE((a | ~a).same_term(Language::all()));
  EXPECT_TRUE((a.repeated(0, {}).repeated(1, {})).same_term(a.repeated(0, {})));
  EXPECT_FALSE(a.same_term(b));
}

TEST(FindMember, ShortAndReadableMembersComeFirst) {
  const auto any = Language::one_of([](unsigned char) { return true; });
  std::string member;
  EXPECT_EQ(find_any(any.repeated(3, 3), {}, &member), Searched::found);
  EXPECT_EQ(member, "aaa");
  EXPECT_EQ(find_any(any.repeated(2, {}) & ~Language::all().then(letters("abc")), {}, &member),
            Searched::found);
  EXPECT_EQ(member, "ad");
  EXPECT_EQ(find_any(letters("\x01@-.9Z"), {}, &member), Searched::found);
  EXPECT_EQ(member, "Z");
  EXPECT_EQ(find_any(letters("\x01@-.9"), {}, nullptr), Searched::found);
}

TEST(FindMember, AnEmptyLanguageIsExhausted) {
  const auto a = Language::text("a");
  const auto x = Language::all().then(a).then(Language::all());
  EXPECT_EQ(find_any(Language::none(), {}, nullptr), Searched::exhausted);
  EXPECT_EQ(find_any(a & Language::text("b"), {}, nullptr), Searched::exhausted);
  EXPECT_EQ(find_any(x & ~x, {}, nullptr), Searched::exhausted);
  const auto odd = a.then(a.then(a).repeated(0, {}));
  const auto even = a.then(a).repeated(0, {});
  EXPECT_EQ(find_any(odd & even, {}, nullptr), Searched::exhausted);
}

TEST(FindMember, AFiniteLanguageIsOfferedWhole) {
  const auto language = letters("abc").then(letters("xy").repeated(0, 2)) | Language::text("q");
  Searched searched{};
  const auto members = offered(language, {}, searched);
  EXPECT_EQ(searched, Searched::exhausted);
  const std::set<std::string> expected{"q",   "a",   "b",   "c",   "ax",  "ay",  "bx",  "by",
                                       "cx",  "cy",  "axx", "axy", "ayx", "ayy", "bxx", "bxy",
                                       "byx", "byy", "cxx", "cxy", "cyx", "cyy"};
  EXPECT_EQ(std::set<std::string>(members.begin(), members.end()), expected);
  EXPECT_EQ(members.size(), expected.size()) << "a member was offered twice";
}

TEST(FindMember, AnInfiniteLanguageIsNeverExhaustedByRefusal) {
  Searched searched{};
  const auto members = offered(letters("ab").repeated(0, {}), {.candidates = 50}, searched);
  EXPECT_EQ(searched, Searched::gave_up);
  EXPECT_EQ(members.size(), 50U);
  EXPECT_EQ(std::set<std::string>(members.begin(), members.end()).size(), 50U);
}

TEST(FindMember, MembersThatLeadToASeenStateAreOfferedToo) {
  // Both ends equal: no regular language says that, so accept does.
  const auto side = letters("ab").repeated(1, {});
  const auto found = find_member(side.then(Language::text("@")).then(side),
                                 [](std::string_view member) {
                                   const auto at = member.find('@');
                                   return at == 3 && member.substr(0, at) == member.substr(at + 1);
                                 },
                                 {});
  EXPECT_EQ(found.searched, Searched::found);
  EXPECT_EQ(found.member, "aaa@aaa");
}

TEST(FindMember, BudgetsAreKept) {
  // (a|b)*a(a|b){n} has 2^n distinct derivatives.
  const auto ab = letters("ab");
  const auto hard = ab.repeated(0, {}).then(Language::text("a")).then(ab.repeated(30, 30));
  const auto nothing = hard & ~hard.then(Language::text(""));
  EXPECT_EQ(find_any(hard & ~Language::all().then(ab), {.states = 500}, nullptr),
            Searched::gave_up);
  EXPECT_EQ(find_any(nothing, {.states = 0}, nullptr), Searched::exhausted);
  Searched searched{};
  EXPECT_EQ(offered(letters("abc"), {.candidates = 2}, searched).size(), 2U);
  EXPECT_EQ(searched, Searched::gave_up);
  EXPECT_EQ(offered(letters("abc"), {.candidates = 3}, searched).size(), 3U);
  EXPECT_EQ(searched, Searched::exhausted);
}

TEST(FindMember, DeepAndLongTermsNeitherOverflowTheStackNorHang) {
  auto deep = Language::text("a");
  for (int i = 0; i < 20'000; ++i) deep = (deep | Language::text("b")).then(Language::text("c"));
  EXPECT_EQ(find_any(deep, {}, nullptr), Searched::gave_up);
  EXPECT_THROW((void)deep.contains("bc"), std::length_error);

  const std::string long_text(20'000, 'x');
  EXPECT_TRUE(Language::text(long_text).contains(long_text));

  const auto optional = Language::text("a").repeated(0, 1);
  auto many = optional;
  for (int i = 0; i < 100; ++i) many = many.then(optional);
  EXPECT_TRUE(many.contains(std::string(101, 'a')));
  EXPECT_FALSE(many.contains(std::string(102, 'a')));
}

}  // namespace
}  // namespace relayproof::patterns
