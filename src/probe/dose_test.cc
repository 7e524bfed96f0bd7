#include "probe/dose.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

TEST(Dose, StaysBelowTheLimitsOfTheKnownServers) {
  EXPECT_LT(dose_for(Software::postfix).errors, 10U);
  EXPECT_LT(dose_for(Software::exim).attempts, 11U);
  EXPECT_LT(dose_for(Software::exim).malformed, 4U);
  EXPECT_LT(dose_for(Software::unknown).errors, 10U);
}

TEST(Dose, ShrinksToWhatWasAnsweredButNeverToNothing) {
  const Dose dose = dose_for(Software::unknown);
  EXPECT_EQ(reduced(dose, 5), (Dose{.attempts = 5, .errors = 5, .malformed = 2}));
  EXPECT_EQ(reduced(dose, 0), (Dose{.attempts = 1, .errors = 1, .malformed = 1}));
  EXPECT_EQ(reduced(dose, 1000), dose);
}

TEST(Dose, AViolationIsWhatTheServerCallsOne) {
  const auto answered = [](int to_mail, int to_rcpt) {
    return calls_it_a_violation(
        {.mail = mail::Reply{to_mail, {}}, .rcpt = mail::Reply{to_rcpt, {}}});
  };
  EXPECT_TRUE(answered(501, 503));
  EXPECT_TRUE(answered(250, 501));
  EXPECT_TRUE(answered(250, 555));
  EXPECT_FALSE(answered(250, 550));
  EXPECT_FALSE(answered(250, 554));
  EXPECT_FALSE(calls_it_a_violation({}));
}

}  // namespace
}  // namespace relayproof::probe
