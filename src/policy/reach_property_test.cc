// reach() against decide(): every client and every text of a small world.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <random>

#include "policy/random_policy_test.h"

namespace relayproof::policy {
namespace {

struct Tried {
  mail::IpSet surely;
  mail::IpSet possibly;
};

Tried try_all(const RandomPolicy& random) {
  Tried tried;
  for (const auto& clients : client_classes()) {
    bool surely = false;
    bool possibly = false;
    for (const auto& attempt : attempts(random, clients.example)) {
      if (surely && possibly) break;
      const Truth relay = decide(random.small.policy, 0, attempt).relay;
      surely = surely || (relay == Truth::yes && !needs_foreign_name(random, attempt));
      possibly = possibly || relay != Truth::no;
    }
    if (surely) tried.surely = tried.surely | clients.clients;
    if (possibly) tried.possibly = tried.possibly | clients.clients;
  }
  return tried;
}

std::string told(const RandomPolicy& random, const Tried& tried, const Reach& reach) {
  std::string text = to_string(random) + "\ntried surely " + tried.surely.to_string() +
                     "\nreach surely " + reach.surely.to_string() + "\ntried possibly " +
                     tried.possibly.to_string() + "\nreach possibly " + reach.possibly.to_string();
  for (const auto& limit : reach.limits) text += "\nlimit: " + limit;
  for (const auto& fault : reach.broken) text += "\nbroken: " + fault;
  return text;
}

// What reach() says of a policy that decide() does not; empty: they agree.
std::string disagreement(const RandomPolicy& random) {
  const Tried tried = try_all(random);
  const Reach reach = random.small.reach();
  const auto fault = [&](std::string_view what) {
    return std::string(what) + "\n" + told(random, tried, reach);
  };
  if (!reach.broken.empty()) return fault("a witness is not confirmed");
  if (!tried.possibly.is_subset_of(reach.possibly)) return fault("a client was overlooked");
  if (!reach.surely.is_subset_of(tried.surely)) return fault("a client was accused");
  // Two recipients of one name have one answer; for reach() they are two questions.
  const bool one_question = !random.has(Feature::recipient_questions) ||
                            (!random.has(Feature::earlier) && !random.has(Feature::rewriting));
  if (!one_question || !reach.limits.empty()) return "";
  if (reach.surely != tried.surely) return fault("not exact for `surely`");
  if (reach.possibly != tried.possibly) return fault("not exact for `possibly`");
  return "";
}

RC_GTEST_PROP(ReachProperty, SaysWhatDecideSaysOfEveryAttempt, ()) {
  const auto random =
      random_policy([](std::size_t n) { return *rc::gen::inRange<std::size_t>(0, n); }, false);
  const auto fault = disagreement(random);
  if (!fault.empty()) RC_FAIL(fault);
}

// RELAYPROOF_POLICIES=100000 for a long run.
TEST(ReachProperty, SaysSoForManyPolicies) {
  const char* wanted = std::getenv("RELAYPROOF_POLICIES");
  const std::size_t count = wanted == nullptr ? 150 : std::strtoul(wanted, nullptr, 10);
  std::mt19937_64 random(20240521);
  std::size_t relays = 0;
  std::size_t differ = 0;
  std::size_t limited = 0;
  for (std::size_t done = 0; done < count; ++done) {
    const auto policy = random_policy([&](std::size_t n) { return random() % n; });
    const auto fault = disagreement(policy);
    ASSERT_TRUE(fault.empty()) << "policy " << done << ": " << fault;
    const auto reach = policy.small.reach();
    relays += reach.surely.empty() ? 0 : 1;
    limited += reach.limits.empty() ? 0 : 1;
    differ += reach.surely == reach.possibly ? 0 : 1;
  }
  // The policies are not all alike.
  EXPECT_GT(relays, count / 10);
  EXPECT_LT(relays, count - count / 10);
  EXPECT_GT(differ, 0U);
  EXPECT_LT(limited, count / 10);
  RecordProperty("limited", static_cast<int>(limited));
}

}  // namespace
}  // namespace relayproof::policy
