#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdlib>
#include <random>

#include "policy/random_policy_test.h"

namespace relayproof::policy {
namespace {

using Kind = Difference::Kind;
using testing::IsEmpty;
using testing::SizeIs;

Differences compare(const SmallPolicy& before, const SmallPolicy& after) {
  return differences(before.policy, before.policy.doors[0], after.policy, after.policy.doors[0]);
}

// Lets a network through, and takes what is for its own domains.
SmallPolicy trusting(std::string_view network, const std::vector<std::string>& own) {
  SmallPolicy made;
  made.policy.answers_for = own;
  std::vector<std::pair<std::string, std::uint32_t>> rows;
  const auto listed = made.result(Nothing{});
  for (const auto& domain : own) rows.emplace_back(domain, listed);
  const auto domains = made.table(rows, {Key::domain, Key::parents});
  const auto to_own = made.finds(domains, Field::recipient, Part::whole);
  made.stage(Moment::rcpt, {SmallPolicy::rule(made.client_in(network), Permit{}),
                            SmallPolicy::rule(made.inverse(to_own), Refuse{})});
  return made;
}

TEST(Differences, AreNoneBetweenAPolicyAndItself) {
  const auto same = trusting("192.0.2.0/24", {"example.com"});
  const auto none = compare(same, same);
  EXPECT_THAT(none.found, IsEmpty());
  EXPECT_THAT(none.limits, IsEmpty());
  EXPECT_FALSE(none.too_large);
}

TEST(Differences, AreTheExactClientsOfAWiderNetwork) {
  const auto narrow = trusting("192.0.2.0/24", {"example.com"});
  const auto wide = trusting("192.0.0.0/16", {"example.com"});
  const auto wider = compare(narrow, wide);
  ASSERT_THAT(wider.found, SizeIs(1));
  EXPECT_EQ(wider.found[0].kind, Kind::relays_now);
  EXPECT_EQ(wider.found[0].clients, network("192.0.0.0/16") - network("192.0.2.0/24"));
  EXPECT_THAT(wider.limits, IsEmpty());
  const auto narrower = compare(wide, narrow);
  ASSERT_THAT(narrower.found, SizeIs(1));
  EXPECT_EQ(narrower.found[0].kind, Kind::relays_no_longer);
}

TEST(Differences, TellADomainThatIsTakenNow) {
  const auto one = trusting("192.0.2.0/24", {"example.com"});
  const auto two = trusting("192.0.2.0/24", {"example.com", "example.org"});
  const auto more = compare(one, two);
  ASSERT_THAT(more.found, SizeIs(2)) << "its own network relayed to it before";
  EXPECT_EQ(more.found[0].kind, Kind::relays_no_longer);
  EXPECT_EQ(more.found[0].clients, network("192.0.2.0/24"));
  EXPECT_EQ(more.found[1].kind, Kind::taken_now);
  EXPECT_EQ(more.found[1].clients, mail::IpSet::all());
  EXPECT_TRUE(more.found[1].witness.rcpt_to.ends_with("@example.org>"));
  EXPECT_THAT(more.limits, IsEmpty());
}

TEST(Differences, SeeAListenerThatNoLongerRuns) {
  const auto running = trusting("192.0.2.0/24", {"example.com"});
  auto dead = running;
  dead.listener().runs = false;
  const auto gone = compare(running, dead);
  ASSERT_THAT(gone.found, SizeIs(2));
  EXPECT_EQ(gone.found[0].kind, Kind::relays_no_longer);
  EXPECT_EQ(gone.found[1].kind, Kind::taken_no_longer);
}

TEST(Differences, SayWhatTheyHangOn) {
  const auto before = trusting("192.0.2.0/24", {"example.com"});
  auto after = before;
  const auto service = after.question("policy service");
  const auto asked = after.condition(Unknown{service, {}});
  auto& rules = after.policy.lists[1].rules;
  rules.insert(rules.begin(), SmallPolicy::rule(asked, Permit{}));
  const auto perhaps = compare(before, after);
  EXPECT_THAT(perhaps.found, IsEmpty());
  EXPECT_THAT(perhaps.limits,
              testing::ElementsAre("relays now, perhaps: it hangs on policy service"));
}

struct Pair {
  RandomPolicy before;
  RandomPolicy after;
};

// By kind, the clients for whom some attempt is decided differently in this way. Recipients before
// that only stand in the way are not looked for, so that those need not be found.
struct Tried {
  std::array<mail::IpSet, 4> all;
  std::array<mail::IpSet, 4> without_earlier;
};

std::array<bool, 4> differs(const Pair& pair, const Attempt& attempt) {
  const auto before = decide(pair.before.small.policy, 0, attempt);
  const auto after = decide(pair.after.small.policy, 0, attempt);
  using Reply = Decision::Reply;
  const bool decided = before.reply != Reply::undecided && after.reply != Reply::undecided;
  const bool to_own = decided && attempt.rcpt_to.ends_with("example.com>");
  const bool was_taken = before.reply == Reply::accept;
  const bool is_taken = after.reply == Reply::accept;
  return {before.relay == Truth::no && after.relay == Truth::yes,
          before.relay == Truth::yes && after.relay == Truth::no, to_own && !was_taken && is_taken,
          to_own && was_taken && !is_taken};
}

Tried try_all(const Pair& pair) {
  Tried tried;
  for (const auto& group : client_classes()) {
    for (const auto& attempt : attempts(pair.before, group.example)) {
      if (needs_foreign_name(pair.before, attempt)) continue;
      const auto found = differs(pair, attempt);
      for (std::size_t kind = 0; kind < found.size(); ++kind) {
        if (!found.at(kind) || tried.without_earlier.at(kind).contains(group.example)) continue;
        tried.all.at(kind) = tried.all.at(kind) | group.clients;
        if (!attempt.after.empty()) continue;
        tried.without_earlier.at(kind) = tried.without_earlier.at(kind) | group.clients;
      }
    }
  }
  return tried;
}

// What differences() says and decide() does not; empty: they agree.
std::string disagreement(const Pair& pair) {
  const auto told = compare(pair.before.small, pair.after.small);
  std::array<mail::IpSet, 4> found;
  for (const auto& difference : told.found) {
    auto& clients = found.at(static_cast<std::size_t>(difference.kind));
    clients = clients | difference.clients;
  }
  const Tried tried = try_all(pair);
  for (std::size_t kind = 0; kind < found.size(); ++kind) {
    const bool is_true = found.at(kind).is_subset_of(tried.all.at(kind));
    const bool is_whole =
        !told.limits.empty() || tried.without_earlier.at(kind).is_subset_of(found.at(kind));
    if (is_true && is_whole) continue;
    return "kind " + std::to_string(kind) + " found " + found.at(kind).to_string() + "\ntried " +
           tried.all.at(kind).to_string() + "\nbefore: " + to_string(pair.before) +
           "\nafter: " + to_string(pair.after);
  }
  return "";
}

Pair random_pair(const Pick& pick) {
  Pair pair{random_policy(pick, false), {}};
  pair.after = changed(pair.before, pick);
  return pair;
}

RC_GTEST_PROP(DifferencesProperty, SayWhatDecideSaysOfEveryAttempt, ()) {
  const auto pair = random_pair([](std::size_t n) { return *rc::gen::inRange<std::size_t>(0, n); });
  const auto fault = disagreement(pair);
  if (!fault.empty()) RC_FAIL(fault);
}

// RELAYPROOF_POLICIES=100000 for a long run.
TEST(DifferencesProperty, SaySoForManyPolicies) {
  const char* wanted = std::getenv("RELAYPROOF_POLICIES");
  const std::size_t count = wanted == nullptr ? 40 : std::strtoul(wanted, nullptr, 10);
  std::mt19937_64 random(20240522);
  for (std::size_t done = 0; done < count; ++done) {
    const auto pair = random_pair([&](std::size_t n) { return random() % n; });
    const auto fault = disagreement(pair);
    ASSERT_TRUE(fault.empty()) << "pair " << done << ": " << fault;
  }
}

}  // namespace
}  // namespace relayproof::policy
