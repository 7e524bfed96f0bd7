// How reach() and solve() grow: with rules, with the rows of tables, with patterns.
#include <benchmark/benchmark.h>

#include <string>

#include "policy/reach.h"
#include "policy/small_policy_test.h"

namespace relayproof::policy {
namespace {

std::size_t count_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void run(benchmark::State& state, const SmallPolicy& small, bool closed) {
  for (auto _ : state) {
    const auto reach = small.reach();
    if (reach.possibly.empty() != closed) state.SkipWithError("another answer than expected");
    benchmark::DoNotOptimize(reach);
  }
  state.SetComplexityN(state.range(0));
}

// Lists of networks that may relay, each a rule of its own.
void rules_of_networks(benchmark::State& state) {
  SmallPolicy small;
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < count_of(state); ++i) {
    const auto third = std::to_string(i % 256);
    const auto network = "10." + std::to_string(i / 256 % 256) + "." + third + ".0/25";
    rules.push_back(SmallPolicy::rule(small.client_in(network), Permit{}));
  }
  rules.push_back(small.gate());
  small.stage(Moment::rcpt, std::move(rules));
  run(state, small, false);
}
BENCHMARK(rules_of_networks)->RangeMultiplier(10)->Range(10, 10'000)->Complexity();

// Rules that each ask a table of their own for the sender, and refuse: none of them matters.
void rules_of_tables(benchmark::State& state) {
  SmallPolicy small;
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < count_of(state); ++i) {
    const auto key = "sender" + std::to_string(i) + "@example.org";
    const auto lookup = small.table({{key, small.result(Refuse{})}});
    rules.push_back(small.by_row(lookup, Field::sender, Part::whole));
  }
  rules.push_back(small.gate());
  small.stage(Moment::rcpt, std::move(rules));
  run(state, small, true);
}
BENCHMARK(rules_of_tables)->RangeMultiplier(4)->Range(1, 256)->Complexity();

// One table that permits recipients, all of them of domains that the server answers for.
void rows_of_a_table(benchmark::State& state) {
  SmallPolicy small;
  std::vector<std::pair<std::string, std::uint32_t>> rows;
  const auto permit = small.result(Permit{});
  for (std::size_t i = 0; i < count_of(state); ++i) {
    rows.emplace_back("user" + std::to_string(i) + "@example.com", permit);
  }
  const auto lookup = small.table(rows);
  small.stage(Moment::rcpt, {small.by_row(lookup, Field::recipient, Part::whole), small.gate()});
  run(state, small, true);
}
BENCHMARK(rows_of_a_table)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Complexity();

// The same where one row of them lets mail out.
void one_row_of_a_table(benchmark::State& state) {
  SmallPolicy small;
  std::vector<std::pair<std::string, std::uint32_t>> rows;
  const auto permit = small.result(Permit{});
  for (std::size_t i = 0; i < count_of(state); ++i) {
    const bool out = i + 1 == count_of(state);
    rows.emplace_back("user" + std::to_string(i) + (out ? "@example.net" : "@example.com"), permit);
  }
  const auto lookup = small.table(rows);
  small.stage(Moment::rcpt, {small.by_row(lookup, Field::recipient, Part::whole), small.gate()});
  run(state, small, false);
}
BENCHMARK(one_row_of_a_table)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Complexity();

// Pattern tables, one behind the other, that permit recipients of own domains.
void patterns_that_permit(benchmark::State& state) {
  SmallPolicy small;
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < count_of(state); ++i) {
    const auto pattern = "^(user|list)" + std::to_string(i) + "[a-z]*@(mail\\.)?example\\.com$";
    const auto lookup = small.pattern_table(pattern, small.result(Permit{}));
    rules.push_back(small.by_row(lookup, Field::recipient, Part::whole));
  }
  rules.push_back(small.gate());
  small.stage(Moment::rcpt, std::move(rules));
  run(state, small, true);
}
BENCHMARK(patterns_that_permit)->RangeMultiplier(2)->Range(1, 32)->Complexity();

// A pattern that rewrites the recipient to wherever he likes.
void pattern_that_rewrites(benchmark::State& state) {
  SmallPolicy small;
  small.stage(Moment::rcpt, {small.gate()});
  const auto lookup = small.pattern_table("^(.+)=(.+)@example\\.com$", small.result(Nothing{}));
  const auto transform = small.transform({"$1", "@", "$2"});
  small.policy.results.back() = Rewrite{{transform}, small.list("queue", {})};
  small.policy.lists[small.listener().route].rules = {
      small.by_row(lookup, Field::recipient, Part::whole)};
  run(state, small, false);
}
BENCHMARK(pattern_that_rewrites)->Arg(1);

}  // namespace
}  // namespace relayproof::policy
