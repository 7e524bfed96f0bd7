#include "probe/own_domain.h"

#include <gtest/gtest.h>

namespace relayproof::probe {
namespace {

Control answered(OutcomeKind kind, std::optional<RefusedAs> refused_as = {}) {
  Control control;
  control.kind = kind;
  control.refused_as = refused_as;
  return control;
}

const Control taken = answered(OutcomeKind::accepted);
const Control no_user = answered(OutcomeKind::refused, RefusedAs::recipient);
const Control no_relay = answered(OutcomeKind::refused, RefusedAs::relay);
const Control later = answered(OutcomeKind::deferred, RefusedAs::temporary);
const Control listed = answered(OutcomeKind::refused, RefusedAs::client);
const Control not_asked = {};

TEST(OwnDomain, IsWherePostmasterIsTakenAndAnUnknownMailboxRefused) {
  const OwnDomain own = find_own_domain({{"mail.example.com", no_relay, no_relay},
                                         {"all.example.com", taken, taken},
                                         {"example.com", taken, no_user},
                                         {"example.org", taken, no_user}});
  EXPECT_EQ(own.domain, "example.com");
  EXPECT_TRUE(own.settled());
}

TEST(OwnDomain, IsNotFoundWherePostmasterIsNotTaken) {
  for (const auto& postmaster : {no_relay, later, listed, not_asked}) {
    const OwnDomain own = find_own_domain({{"example.com", postmaster, no_user}});
    EXPECT_EQ(own.domain, "");
    EXPECT_FALSE(own.postmaster_taken || own.unknown_refused);
    EXPECT_TRUE(own.refuses_something);
  }
}

TEST(OwnDomain, TakesNeitherLaterNorARefusalOfUsForARefusedMailbox) {
  for (const auto& unknown : {later, listed, taken, not_asked}) {
    const OwnDomain own = find_own_domain({{"example.com", taken, unknown}});
    EXPECT_TRUE(own.postmaster_taken);
    EXPECT_FALSE(own.unknown_refused || own.refuses_something);
  }
}

TEST(OwnDomain, LearnsNothingFromABareAddressThatMayBeRefusedForItsLackOfADomain) {
  EXPECT_FALSE(find_own_domain({{"", no_user, no_user}}).refuses_something);
  EXPECT_TRUE(find_own_domain({{"", taken, no_user}}).settled());
}

TEST(OwnDomain, IsNotTheBarePostmasterThatIsTakenWhateverElseIsRefused) {
  const Control rule = answered(OutcomeKind::refused, RefusedAs::policy);
  const OwnDomain own = find_own_domain({{"example.com", rule, rule}, {"", taken, rule}});
  EXPECT_FALSE(own.postmaster_taken);
  EXPECT_TRUE(find_own_domain({{"", taken, no_user}}).settled());
}

}  // namespace
}  // namespace relayproof::probe
