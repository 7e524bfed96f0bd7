#include <algorithm>

#include "policy/decide.h"
#include "policy/reach.h"
#include "questions/audit.h"

namespace relayproof::questions {
namespace {

using policy::OriginId;
using policy::Suppressed;

// More lines than this are no answer to "which line is it".
constexpr std::size_t most_lines = 16;

// That without some line it would be closed takes a proof; one that takes long is not waited for.
constexpr std::size_t texts_of_trial = 30'000;
constexpr std::size_t paths_of_trial = 10'000;

// What took part in letting this attempt through: narrow things, such as one network of a list,
// before the rules that ask for them; later gates before earlier ones.
std::vector<OriginId> candidates(const policy::Policy& policy, std::size_t listener,
                                 const policy::Attempt& attempt, const Suppressed& without) {
  using Result = policy::Step::Result;
  const auto decision = policy::decide(policy, listener, attempt, {without, false});
  std::vector<OriginId> narrow;
  std::vector<OriginId> rules;
  const auto add = [](std::vector<OriginId>& to, OriginId origin) {
    if (origin != 0 && std::find(to.begin(), to.end(), origin) == to.end()) to.push_back(origin);
  };
  for (auto step = decision.trace.rbegin(); step != decision.trace.rend(); ++step) {
    for (const auto origin : step->because) add(narrow, origin);
    if (step->result == Result::permit || step->result == Result::passed) add(rules, step->origin);
  }
  for (const auto origin : rules) add(narrow, origin);
  return narrow;
}

// The clients of the exposure that still relay, and one attempt of theirs.
struct Left {
  mail::IpSet clients;
  std::optional<policy::Attempt> witness;
};

Left left_without(const policy::Policy& policy, const policy::Door& door,
                  const policy::Exposure& exposure, const Suppressed& without,
                  policy::Solutions& solutions) {
  policy::ReachOptions options;
  options.solutions = &solutions;
  options.suppressed = without;
  options.budget.candidates = texts_of_trial;
  options.budget.paths = paths_of_trial;
  options.prefer = exposure.clients;
  const auto reach = policy::reach(policy, door, options);
  Left left;
  left.clients = reach.surely & exposure.clients;
  for (const auto& other : reach.exposures) {
    if (other.surely && exposure.clients.contains(other.witness.client)) {
      left.witness = other.witness;
      break;
    }
  }
  return left;
}

}  // namespace

std::vector<OriginId> blame(const policy::Policy& policy, const policy::Door& door,
                            const policy::Exposure& exposure, policy::Solutions& solutions) {
  Suppressed without;
  Left left{exposure.clients, exposure.witness};
  while (!left.clients.empty() && left.witness && without.size() < most_lines) {
    const auto lines = candidates(policy, door.listener, *left.witness, without);
    // The first line that takes clients away; if none does alone, the first of all, and on.
    std::optional<OriginId> chosen;
    std::optional<Left> better;
    for (const auto line : lines) {
      Suppressed tried = without;
      tried.insert(line);
      Left then = left_without(policy, door, exposure, tried, solutions);
      if (then.clients == left.clients) continue;
      if (!better || then.clients.empty()) {
        chosen = line;
        better = std::move(then);
      }
      if (better->clients.empty()) break;
    }
    if (!chosen) {
      if (lines.empty()) return {};
      chosen = lines.front();
      Suppressed tried = without;
      tried.insert(*chosen);
      better = left_without(policy, door, exposure, tried, solutions);
    }
    without.insert(*chosen);
    left = std::move(*better);
  }
  if (!left.clients.empty()) return {};
  std::vector<OriginId> lines(without.begin(), without.end());
  for (const auto line : lines) {  // what is not needed after all
    Suppressed fewer = without;
    fewer.erase(line);
    if (left_without(policy, door, exposure, fewer, solutions).clients.empty()) without = fewer;
  }
  return {without.begin(), without.end()};
}

}  // namespace relayproof::questions
