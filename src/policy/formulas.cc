#include "policy/formulas.h"

#include <algorithm>

#include "policy/symbolic_gates.h"
#include "policy/symbolic_router.h"

namespace relayproof::policy {
namespace {

// The attempts at one listener, with the past as variables at first.
class Session {
 public:
  Session(Ground& ground, const std::vector<ConditionId>& premises);
  Formulas formulas();

 private:
  // Something that an earlier recipient or message may have left.
  struct Trace {
    Variable variable = 0;
    std::optional<std::uint32_t> mark;  ///< none: that there was another recipient at all
  };
  void begin();
  Formulas follow();
  Diagram at(Diagram of, const Trace& trace, bool holds);
  bool is_of_use(Diagram of, const Trace& trace);
  void live_earlier();
  void live_before();
  Diagram with_any_past(Diagram of, const Trace& trace, Range others);
  Diagram written_out(Diagram of);
  Diagram left(const Trace& trace);
  bool is_read(std::uint32_t mark) const;

  Ground& ground_;
  std::vector<ConditionId> premises_;
  std::vector<Trace> traces_;
  Diagram named_ = Diagrams::nobody;  ///< those who come as far as naming a recipient
  std::vector<Diagram> marks_;        ///< as they are then
  Diagram earlier_taken_ = Diagrams::nobody;
  std::vector<Diagram> earlier_marks_;
  bool was_earlier_ = false;
  // The same if anything may have been before; and marks at the end of a message of that kind.
  Diagram before_taken_ = Diagrams::nobody;
  std::vector<Diagram> before_marks_;
  std::vector<Diagram> last_marks_;
};

Variable variable_of(const Diagrams& diagrams, Diagram literal) { return diagrams.top(literal); }

Session::Session(Ground& ground, const std::vector<ConditionId>& premises)
    : ground_(ground), premises_(premises) {}

bool Session::is_read(std::uint32_t mark) const {
  const auto& all = ground_.policy.conditions;
  return std::any_of(all.begin(), all.end(), [&](const Condition& condition) {
    const auto* reads = std::get_if<HasMark>(&condition.is);
    return reads != nullptr && reads->mark == mark;
  });
}

void Session::begin() {
  SymbolicEvaluator evaluator(ground_);
  SymbolicGates gates(ground_, evaluator);
  named_ = gates.run(Moment::connect, Moment::mail, Diagrams::everybody, {});
  marks_ = evaluator.marks;
}

Formulas Session::follow() {
  auto& diagrams = ground_.diagrams;
  SymbolicEvaluator evaluator(ground_);
  evaluator.premises = premises_;
  evaluator.marks = marks_;
  Predicate meaning;
  meaning.kind = Predicate::Kind::mark_at_start;
  const Diagram several = diagrams.variable(ground_.predicates.variable(
      Group::session, ground_.names.mine() + "several recipients", ground_.side, meaning));
  evaluator.several_recipients = several;
  traces_.push_back({variable_of(diagrams, several), {}});
  for (std::uint32_t mark = 0; mark < marks_.size(); ++mark) {
    if (ground_.policy.marks[mark].life == Mark::Life::recipient || !is_read(mark)) continue;
    const Diagram start = evaluator.start_mark(mark);
    traces_.push_back({variable_of(diagrams, start), mark});
    evaluator.marks[mark] = diagrams.either(marks_[mark], start);
  }
  SymbolicGates gates(ground_, evaluator);
  Formulas formulas;
  formulas.accepted = gates.run(Moment::rcpt, Moment::end_of_data, named_, {});
  formulas.taken = diagrams.both(formulas.accepted, evaluator.owned({}));
  SymbolicRouter router(ground_, evaluator);
  formulas.relayed = router.relayed(ground_.listener().route, formulas.accepted);
  last_marks_ = evaluator.marks;
  return formulas;
}

Diagram Session::at(Diagram of, const Trace& trace, bool holds) {
  return ground_.diagrams.with(of, [&](Variable variable) {
    return variable == trace.variable ? std::optional(holds) : std::nullopt;
  });
}

// What only makes the attempt fail a stranger leaves out.
bool Session::is_of_use(Diagram of, const Trace& trace) {
  return ground_.diagrams.without(at(of, trace, true), at(of, trace, false)) != Diagrams::nobody;
}

// One recipient before, in the same message.
void Session::live_earlier() {
  SymbolicEvaluator evaluator(ground_);
  evaluator.marks = marks_;
  for (std::uint32_t mark = 0; mark < marks_.size(); ++mark) {
    if (ground_.policy.marks[mark].life != Mark::Life::recipient) continue;
    evaluator.marks[mark] = Diagrams::nobody;
  }
  SymbolicGates gates(ground_, evaluator);
  Standing standing;
  standing.earlier = true;
  earlier_taken_ = gates.run(Moment::rcpt, Moment::rcpt, named_, standing);
  earlier_marks_ = evaluator.marks;
  was_earlier_ = true;
}

// A recipient before, which itself had any past.
void Session::live_before() {
  SymbolicEvaluator evaluator(ground_);
  evaluator.marks = marks_;
  for (const auto& trace : traces_) {
    const Diagram was = ground_.diagrams.variable(trace.variable);
    if (!trace.mark) {
      evaluator.several_recipients = was;
    } else {
      Diagram& mark = evaluator.marks[*trace.mark];
      mark = ground_.diagrams.either(mark, was);
    }
  }
  SymbolicGates gates(ground_, evaluator);
  Standing standing;
  standing.earlier = true;
  before_taken_ = gates.run(Moment::rcpt, Moment::rcpt, named_, standing);
  before_marks_ = evaluator.marks;
}

// Who can leave this trace for the first time, whatever else was left before.
Diagram Session::with_any_past(Diagram of, const Trace& trace, Range others) {
  Diagram first = at(of, trace, false);
  for (const auto& other : traces_) {
    first = ground_.diagrams.some(first, {other.variable, other.variable + 1});
  }
  first = ground_.diagrams.some(first, others);
  return ground_.diagrams.some(first, {range_of(Group::hidden).first, range_of(Group::doubt).last});
}

// What one earlier recipient leaves is exact; what it takes several for, or another message, is
// left open where it is possible at all.
Diagram Session::left(const Trace& trace) {
  auto& diagrams = ground_.diagrams;
  SymbolicEvaluator evaluator(ground_);
  const Diagram one = trace.mark ? earlier_marks_[*trace.mark] : earlier_taken_;
  Diagram result = diagrams.both(evaluator.earlier_recipient(), one);
  if (traces_.size() > 1) {
    const Diagram more = trace.mark ? before_marks_[*trace.mark] : before_taken_;
    const Diagram can = with_any_past(more, trace, range_of(Group::earlier));
    result =
        diagrams.either(result, diagrams.both(evaluator.doubt("several earlier recipients"), can));
  }
  if (trace.mark && ground_.policy.marks[*trace.mark].life == Mark::Life::session) {
    const Range texts{range_of(Group::session).first, range_of(Group::names).last};
    const Diagram can = with_any_past(last_marks_[*trace.mark], trace, texts);
    result = diagrams.either(result, diagrams.both(evaluator.doubt("an earlier message"), can));
  }
  return result;
}

Diagram Session::written_out(Diagram of) {
  // A trace that is of no use may stand in the way of another that is: all or none.
  const bool useful = std::any_of(traces_.begin(), traces_.end(),
                                  [&](const Trace& trace) { return is_of_use(of, trace); });
  if (useful && !was_earlier_) {
    live_earlier();
    if (traces_.size() > 1) live_before();
  }
  for (const auto& trace : traces_) {
    const Diagram before = useful ? left(trace) : Diagrams::nobody;
    of = ground_.diagrams.choice(before, at(of, trace, true), at(of, trace, false));
  }
  return of;
}

Formulas Session::formulas() {
  begin();
  Formulas formulas = follow();
  formulas.accepted = written_out(formulas.accepted);
  formulas.relayed = written_out(formulas.relayed);
  formulas.taken = written_out(formulas.taken);
  return formulas;
}

}  // namespace

Formulas formulas_of(Ground& ground, const std::vector<ConditionId>& premises) {
  return Session(ground, premises).formulas();
}

}  // namespace relayproof::policy
