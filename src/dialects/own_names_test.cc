#include "dialects/own_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace relayproof::dialects {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

policy::Policy written(OwnNames names) {
  policy::Policy policy;
  std::move(names).write(policy);
  return policy;
}

TEST(OwnNames, AreClaimedOnlyWhereNoStrangerHasANameBelow) {
  OwnNames names;
  for (const char* name :
       {"mail.Example.com", "com", "co.uk", "club.co.uk.", "localhost", ".example.org", ""}) {
    names.claim(name);
  }
  const auto policy = written(std::move(names));
  EXPECT_THAT(policy.answers_for, ElementsAre("club.co.uk", "mail.example.com"));
  EXPECT_THAT(policy.owned_names, ElementsAre("club.co.uk", "example.com"));
}

TEST(OwnNames, HoldWhatNobodyElseCanHaveAsItStands) {
  OwnNames names;
  names.claim_as_it_stands("localhost");
  names.claim_as_it_stands("[192.0.2.25]");
  const auto policy = written(std::move(names));
  EXPECT_THAT(policy.answers_for, ElementsAre("[192.0.2.25]", "localhost"));
  EXPECT_THAT(policy.owned_names, IsEmpty());
}

TEST(OwnNames, AreOnceEachWhateverTheyWereMentionedFor) {
  OwnNames names;
  for (int time = 0; time < 2; ++time) {
    names.mention("..mail.example.com");
    names.mention("example.net");
    names.claim("example.net");
  }
  const auto policy = written(std::move(names));
  EXPECT_THAT(policy.answers_for, ElementsAre("example.net"));
  EXPECT_THAT(policy.owned_names, ElementsAre("example.com", "example.net"));
}

TEST(OwnNames, CoverWhatIsBelowOneOfThem) {
  OwnNames names;
  for (const char* name : {"www.example.com", "a.example.com", "b.example.com.", "myexample.com",
                           "amazonaws.com", "a.s3.amazonaws.com"}) {
    names.mention(name);
  }
  EXPECT_THAT(written(std::move(names)).owned_names,
              ElementsAre("amazonaws.com", "example.com", "myexample.com"));
}

TEST(OwnNames, AreFoundInTextsWhereverTheyLookLikeNames) {
  OwnNames names;
  names.mention_all_in(
      "hash:/etc/table, .mail.example.com  !mx.example.org 192.0.2.0/24 com smtp:[a.b]");
  EXPECT_THAT(written(std::move(names)).owned_names,
              ElementsAre("a.b", "example.com", "example.org"));
}

}  // namespace
}  // namespace relayproof::dialects
