#include "probe/places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

DoorResult door(const char* address, std::uint16_t port, Verdict verdict,
                Reached reached = Reached::yes) {
  DoorResult result;
  result.target = {"mail.example.com", mail::IpAddress::parse(address).value(), port,
                   mail::TlsMode::none};
  result.reached = reached;
  result.verdict = verdict;
  return result;
}

Run run(const std::string& place, Verdict verdict, std::vector<DoorResult> doors) {
  Run result;
  result.host = "mail.example.com";
  result.verdict = verdict;
  result.reason = verdict == Verdict::closed ? "no relay found by 41 ways of asking" : "so it is";
  result.techniques = 41;
  result.doors = std::move(doors);
  set_place(result, place);
  return result;
}

TEST(Places, OneThatIsLetThroughMakesItOpen) {
  const auto joined = join({run("here", Verdict::closed, {door("192.0.2.25", 25, Verdict::closed)}),
                            run("vps", Verdict::open, {door("192.0.2.25", 25, Verdict::open)})});
  EXPECT_EQ(joined.verdict, Verdict::open);
  EXPECT_EQ(joined.reason, "from vps: so it is");
  EXPECT_THAT(joined.places, ElementsAre("here", "vps"));
  ASSERT_EQ(joined.doors.size(), 2U);
  EXPECT_EQ(joined.doors[1].place, "vps");
  const auto differences = disagreements(joined);
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_THAT(differences[0].open, ElementsAre("vps"));
  EXPECT_THAT(differences[0].closed, ElementsAre("here"));
}

TEST(Places, AnUndecidedOneStaysADoubt) {
  const auto joined =
      join({run("here", Verdict::closed, {door("192.0.2.25", 25, Verdict::closed)}),
            run("vps", Verdict::undecided, {door("192.0.2.25", 25, Verdict::undecided)})});
  EXPECT_EQ(joined.verdict, Verdict::undecided);
  EXPECT_THAT(disagreements(joined), IsEmpty());
}

TEST(Places, OneThatGotNowhereIsNotedWhereAnotherOneDid) {
  const auto silent = door("192.0.2.25", 25, Verdict::undecided, Reached::timed_out);
  const auto submission = door("192.0.2.25", 587, Verdict::closed);
  const auto closed = run("vps", Verdict::closed, {door("192.0.2.25", 25, Verdict::closed)});
  for (const auto& doors : {std::vector{silent}, std::vector{silent, submission}}) {
    const auto joined = join({run("here", Verdict::undecided, doors), closed});
    EXPECT_EQ(joined.verdict, Verdict::closed) << joined.reason;
    EXPECT_TRUE(joined.weak);
    EXPECT_THAT(joined.not_asked, ElementsAre("from here: so it is"));
    EXPECT_EQ(joined.reason, "no relay found by 41 ways of asking, from 2 places");
  }
  const auto nowhere =
      join({run("here", Verdict::undecided, {silent}), run("vps", Verdict::undecided, {silent})});
  EXPECT_EQ(nowhere.verdict, Verdict::undecided);
}

TEST(Places, WhatAnotherPlaceAskedIsNoGap) {
  auto without_v6 = run("here", Verdict::closed, {door("192.0.2.25", 25, Verdict::closed)});
  without_v6.not_asked = {"IPv6 not asked: no IPv6 route from here"};
  without_v6.weak = true;
  const auto with_v6 =
      run("vps", Verdict::closed,
          {door("192.0.2.25", 25, Verdict::closed), door("2001:db8::25", 25, Verdict::closed)});
  const auto filled = join({without_v6, with_v6});
  EXPECT_THAT(filled.not_asked, IsEmpty());
  EXPECT_FALSE(filled.weak);
  const auto twice = join({without_v6, without_v6});
  EXPECT_THAT(twice.not_asked, testing::Each(HasSubstr("IPv6 not asked")));
  EXPECT_TRUE(twice.weak);
}

TEST(Places, OneAloneIsItself) {
  const auto alone =
      join({run("here", Verdict::closed, {door("192.0.2.25", 25, Verdict::closed)})});
  EXPECT_EQ(alone.reason, "no relay found by 41 ways of asking");
  EXPECT_THAT(alone.places, ElementsAre("here"));
}

}  // namespace
}  // namespace relayproof::probe
