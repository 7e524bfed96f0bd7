#include "policy/diagram.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "policy/small_policy_test.h"

namespace relayproof::policy {
namespace {

using mail::IpSet;

constexpr std::size_t plenty = 100'000;
constexpr Variable variables = 4;

// A set of attempts, written out: the clients for each of the 2^4 values of the variables.
using Naive = std::vector<IpSet>;

struct Both {
  Diagram diagram = Diagrams::nobody;
  Naive naive = Naive(1U << variables);
};

bool bit(std::size_t values, Variable variable) { return ((values >> variable) & 1U) != 0; }

Naive written_out(Diagrams& diagrams, Diagram of) {
  Naive all;
  for (std::size_t values = 0; values < (1U << variables); ++values) {
    const Diagram leaf =
        diagrams.with(of, [&](Variable variable) { return std::optional(bit(values, variable)); });
    all.push_back(diagrams.leaf(leaf));
  }
  return all;
}

class Builder {
 public:
  explicit Builder(Diagrams& diagrams) : diagrams_(diagrams) {}

  Both make(std::size_t depth) {
    if (depth == 0 || *rc::gen::inRange(0, 4) == 0) return atom();
    const Both one = make(depth - 1);
    const Both other = make(depth - 1);
    Both result;
    const int kind = *rc::gen::inRange(0, 3);
    const std::array combined = {diagrams_.both(one.diagram, other.diagram),
                                 diagrams_.either(one.diagram, other.diagram),
                                 diagrams_.without(one.diagram, other.diagram)};
    result.diagram = combined.at(static_cast<std::size_t>(kind));
    for (std::size_t values = 0; values < result.naive.size(); ++values) {
      const IpSet& a = one.naive[values];
      const IpSet& b = other.naive[values];
      result.naive[values] = kind == 0 ? a & b : kind == 1 ? a | b : a - b;
    }
    return result;
  }

 private:
  Both atom() {
    Both result;
    if (*rc::gen::inRange(0, 2) == 0) {
      const auto byte = static_cast<std::uint8_t>(*rc::gen::inRange(0, 4));
      const auto set =
          IpSet::of(mail::Network{mail::IpAddress::v4({192, 0, byte, 0}), byte == 0 ? 22U : 24U});
      result.diagram = diagrams_.clients(set);
      std::fill(result.naive.begin(), result.naive.end(), set);
      return result;
    }
    const auto variable = *rc::gen::inRange<Variable>(0, variables);
    result.diagram = diagrams_.variable(variable);
    for (std::size_t values = 0; values < result.naive.size(); ++values) {
      if (bit(values, variable)) result.naive[values] = IpSet::all();
    }
    return result;
  }

  Diagrams& diagrams_;
};

RC_GTEST_PROP(DiagramsProperty, AreTheSetsWrittenOut, ()) {
  Diagrams diagrams(plenty);
  const Both made = Builder(diagrams).make(4);
  RC_ASSERT(written_out(diagrams, made.diagram) == made.naive);
}

RC_GTEST_PROP(DiagramsProperty, AreEqualIfTheirSetsAre, ()) {
  Diagrams diagrams(plenty);
  Builder builder(diagrams);
  const Both one = builder.make(3);
  const Both other = builder.make(3);
  RC_ASSERT((one.diagram == other.diagram) == (one.naive == other.naive));
}

RC_GTEST_PROP(DiagramsProperty, QuantifyOverARange, ()) {
  Diagrams diagrams(plenty);
  const Both made = Builder(diagrams).make(4);
  const auto first = *rc::gen::inRange<Variable>(0, variables);
  const auto last = *rc::gen::inRange<Variable>(first, variables + 1);
  Naive some(made.naive.size());
  Naive every(made.naive.size(), IpSet::all());
  IpSet reachable;
  const std::size_t inside = ((1U << last) - 1) & ~((1U << first) - 1);
  for (std::size_t values = 0; values < made.naive.size(); ++values) {
    reachable = reachable | made.naive[values];
    for (std::size_t other = 0; other < made.naive.size(); ++other) {
      if ((values & ~inside) != (other & ~inside)) continue;
      some[values] = some[values] | made.naive[other];
      every[values] = every[values] & made.naive[other];
    }
  }
  RC_ASSERT(written_out(diagrams, diagrams.some(made.diagram, {first, last})) == some);
  RC_ASSERT(written_out(diagrams, diagrams.every(made.diagram, {first, last})) == every);
  RC_ASSERT(diagrams.reachable(made.diagram) == reachable);
}

TEST(Diagrams, StopAtTheirBudget) {
  Diagrams diagrams(10);
  EXPECT_THROW(
      {
        for (Variable variable = 0; variable < 20; ++variable) diagrams.variable(variable);
      },
      OutOfBudget);
}

TEST(Diagrams, KnowWhichVariablesMatter) {
  Diagrams diagrams(plenty);
  const Diagram one = diagrams.variable(1);
  const Diagram three = diagrams.variable(3);
  EXPECT_THAT(diagrams.support(diagrams.both(one, three)), testing::ElementsAre(1U, 3U));
  const Diagram either = diagrams.choice(three, one, one);
  EXPECT_EQ(either, one);
}

}  // namespace
}  // namespace relayproof::policy
