#include "policy/symbolic_gates.h"

#include "policy/gates.h"

namespace relayproof::policy {

Diagram SymbolicGates::run(Moment from, Moment to, Diagram live, const Standing& standing) {
  auto& diagrams = ground_.diagrams;
  for (const auto& stage : ground_.listener().stages) {
    if (stage.moment < from || stage.moment > to) continue;
    Diagram here = live;
    if (stage.moment == Moment::helo) here = diagrams.both(live, evaluator_.helo_given());
    const Outcome outcome = run_list(stage.list, here, standing);
    live = diagrams.without(live, outcome.refused);
  }
  return live;
}

SymbolicGates::Outcome SymbolicGates::run_list(ListId id, Diagram live, const Standing& standing) {
  Outcome total;
  if (live == Diagrams::nobody) return total;
  if (depth_ > list_depth_limit) return {Diagrams::nobody, live};
  ++depth_;
  auto& diagrams = ground_.diagrams;
  for (const auto& rule : ground_.policy.lists.at(id).rules) {
    if (live == Diagrams::nobody) break;
    const Outcome outcome = run_rule(rule, live, standing);
    total.permitted = diagrams.either(total.permitted, outcome.permitted);
    total.refused = diagrams.either(total.refused, outcome.refused);
    live = diagrams.without(live, diagrams.either(outcome.permitted, outcome.refused));
  }
  --depth_;
  return total;
}

SymbolicGates::Outcome SymbolicGates::run_rule(const Rule& rule, Diagram live,
                                               const Standing& standing) {
  ground_.step();
  if (ground_.suppressed.contains(rule.origin)) return {};
  auto& diagrams = ground_.diagrams;
  const Diagram matching = diagrams.both(live, evaluator_.holds(rule.when, standing));
  if (!rule.by_row) return apply(rule.effect, matching, standing);
  Outcome total;
  for (const auto& branch : evaluator_.rows(*rule.by_row, standing)) {
    const Effect& effect = ground_.policy.results.at(branch.result);
    const Outcome outcome = apply(effect, diagrams.both(matching, branch.when), standing);
    total.permitted = diagrams.either(total.permitted, outcome.permitted);
    total.refused = diagrams.either(total.refused, outcome.refused);
  }
  return total;
}

SymbolicGates::Outcome SymbolicGates::apply(const Effect& effect, Diagram matching,
                                            const Standing& standing) {
  if (matching == Diagrams::nobody) return {};
  if (std::holds_alternative<Permit>(effect)) return {matching, Diagrams::nobody};
  if (std::holds_alternative<Refuse>(effect)) return {Diagrams::nobody, matching};
  if (const auto* set = std::get_if<SetMark>(&effect)) {
    Diagram& mark = evaluator_.marks.at(set->mark);
    mark = ground_.diagrams.either(mark, matching);
  }
  const auto* nested = std::get_if<Run>(&effect);
  if (nested == nullptr) return {};
  Outcome outcome = run_list(nested->list, matching, standing);
  if (!nested->permit_counts) outcome.permitted = Diagrams::nobody;
  if (!nested->refusal_counts) outcome.refused = Diagrams::nobody;
  return outcome;
}

}  // namespace relayproof::policy
