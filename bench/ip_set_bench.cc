// Sets of addresses as large as a table of access rules ever gets.
#include <benchmark/benchmark.h>

#include <random>

#include "mail/ip_set.h"

namespace relayproof::mail {
namespace {

/// /32 to /16 of IPv4 and /64 to /32 of IPv6, one half each; the same for the same seed.
std::vector<Network> random_networks(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<Network> networks;
  networks.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = random();
    const auto less = static_cast<unsigned>(random() % 17);
    if (i % 2 == 0) {
      networks.push_back({address_of(static_cast<std::uint32_t>(bits)), 32 - less});
    } else {
      const Uint128 global = (Uint128{1} << 125U) | (Uint128{bits >> 3U} << 64U);
      networks.push_back({address_of(global), 64 - 2 * less});
    }
  }
  return networks;
}

IpSet built(const std::vector<Network>& networks) {
  IpSetBuilder builder;
  for (const Network& network : networks) builder.add(network);
  return builder.build();
}

std::size_t count_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void report_intervals(benchmark::State& state, const IpSet& set) {
  state.counters["intervals"] = static_cast<double>(set.v4().size() + set.v6().size());
}

void build(benchmark::State& state) {
  const auto networks = random_networks(count_of(state), 1);
  IpSet set;
  for (auto _ : state) benchmark::DoNotOptimize(set = built(networks));
  report_intervals(state, set);
}

template <IpSet (*Operation)(const IpSet&, const IpSet&)>
void combine(benchmark::State& state) {
  const IpSet a = built(random_networks(count_of(state), 1));
  const IpSet b = built(random_networks(count_of(state), 2));
  IpSet set;
  for (auto _ : state) benchmark::DoNotOptimize(set = Operation(a, b));
  report_intervals(state, set);
}

IpSet unite(const IpSet& a, const IpSet& b) { return a | b; }
IpSet intersect(const IpSet& a, const IpSet& b) { return a & b; }
IpSet subtract(const IpSet& a, const IpSet& b) { return a - b; }

void prefixes(benchmark::State& state) {
  const IpSet set = built(random_networks(count_of(state), 1));
  std::size_t networks = 0;
  for (auto _ : state) networks = set.prefixes().size();
  state.counters["networks"] = static_cast<double>(networks);
}

void contains(benchmark::State& state) {
  const IpSet set = built(random_networks(count_of(state), 1));
  const auto others = random_networks(1024, 3);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(set.contains(others[next++ % others.size()].address));
  }
}

void example(benchmark::State& state) {
  const IpSet set = built(random_networks(count_of(state), 1));
  for (auto _ : state) benchmark::DoNotOptimize(set.example());
}

BENCHMARK(build)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(combine<unite>)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(combine<intersect>)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(combine<subtract>)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(prefixes)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(example)->Arg(1)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(contains)->Arg(1'000'000);

}  // namespace
}  // namespace relayproof::mail
