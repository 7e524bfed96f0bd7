// The stages of a session, followed for all attempts at once: as Gates does for one.
#pragma once

#include "policy/symbolic.h"

namespace relayproof::policy {

class SymbolicGates {
 public:
  /// Both must outlive the gates.
  SymbolicGates(Ground& ground, SymbolicEvaluator& evaluator)
      : ground_(ground), evaluator_(evaluator) {}

  /// Those of `live` that are not refused at the stages from one moment to another, both included.
  /// Marks are left in the evaluator.
  Diagram run(Moment from, Moment to, Diagram live, const Standing& standing);

 private:
  struct Outcome {
    Diagram permitted = Diagrams::nobody;
    Diagram refused = Diagrams::nobody;
  };
  Outcome run_list(ListId id, Diagram live, const Standing& standing);
  Outcome run_rule(const Rule& rule, Diagram live, const Standing& standing);
  Outcome apply(const Effect& effect, Diagram matching, const Standing& standing);

  Ground& ground_;
  SymbolicEvaluator& evaluator_;
  std::size_t depth_ = 0;
};

}  // namespace relayproof::policy
