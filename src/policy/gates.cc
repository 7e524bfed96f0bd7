#include "policy/gates.h"

namespace relayproof::policy {

Step step_for(const Policy& policy, const Rule& rule, const std::string& list,
              const std::optional<Match>& found) {
  Step step;
  step.stage = list;
  step.origin = rule.origin;
  step.says = rule.says;
  if (!found) return step;
  if (!found->table->file.empty()) {
    step.row = {found->table->file, found->row.line, found->row.line == 0 ? 0U : 1U};
  } else {
    step.row = policy.origins.at(rule.origin).range;
  }
  return step;
}

Gates::Gates(const Policy& policy, const Listener& listener, Evaluator& evaluator,
             std::vector<Step>& trace)
    : policy_(policy), listener_(listener), evaluator_(evaluator), trace_(trace) {}

Answer as_heard(const Listener& listener, Answer answer) {
  if (!listener.only_defers || answer.code < 500) return answer;
  answer.code -= 100;
  if (answer.enhanced.starts_with('5')) answer.enhanced[0] = '4';
  return answer;
}

std::optional<Gates::Refusal> Gates::run(Moment from, Moment to) {
  return run_those([=](const Stage& stage) { return stage.moment >= from && stage.moment <= to; });
}

std::optional<Gates::Refusal> Gates::run_up_to_sender() {
  return run_those(
      [](const Stage& stage) { return stage.moment < Moment::mail || stage.before_address; });
}

template <typename Wanted>
std::optional<Gates::Refusal> Gates::run_those(Wanted wanted) {
  for (const auto& stage : listener_.stages) {
    if (!wanted(stage)) continue;
    if (stage.moment == Moment::helo && !evaluator_.facts.helo) continue;
    if (run_list(stage.list) == Outcome::refuse) return Refusal{refusal_, stage.name};
  }
  return std::nullopt;
}

Gates::Outcome Gates::run_list(ListId id) {
  if (depth_ > list_depth_limit) {
    refusal_ = {451, "4.3.5"};
    return Outcome::refuse;
  }
  ++depth_;
  Outcome outcome = Outcome::none;
  const List& list = policy_.lists.at(id);
  for (const auto& rule : list.rules) {
    outcome = run_rule(rule, list.name);
    if (outcome != Outcome::none) break;
  }
  --depth_;
  return outcome;
}

Gates::Outcome Gates::run_rule(const Rule& rule, const std::string& list) {
  if (evaluator_.is_suppressed(rule.origin)) return Outcome::none;
  const auto asked_before = evaluator_.asked.size();
  bool matches = evaluator_.holds(rule.when);
  std::optional<Match> found;
  if (matches && rule.by_row) {
    found = evaluator_.match(*rule.by_row);
    matches = found.has_value();
  }
  Step step = step_for(policy_, rule, list, found);
  auto held = evaluator_.take_held();
  step.detail = std::move(held.detail);
  step.because = std::move(held.origins);
  const bool open = evaluator_.asked.size() != asked_before;
  const auto place = trace_.size();
  trace_.push_back(step);
  Outcome outcome = Outcome::none;
  if (matches) {
    outcome = apply(rule.by_row ? policy_.results.at(found->row.result) : rule.effect, step);
  } else if (open) {
    step.result = Step::Result::unknown;
  } else {
    step.detail.clear();
  }
  trace_[place] = std::move(step);
  return outcome;
}

Gates::Outcome Gates::apply(const Effect& effect, Step& step) {
  if (std::holds_alternative<Permit>(effect)) {
    step.result = Step::Result::permit;
    return Outcome::permit;
  }
  if (const auto* refuse = std::get_if<Refuse>(&effect)) {
    refusal_ = as_heard(listener_, refuse->answer);
    step.result = refusal_.code < 500 ? Step::Result::defer : Step::Result::refuse;
    return Outcome::refuse;
  }
  step.result = Step::Result::passed;
  if (const auto* mark = std::get_if<SetMark>(&effect)) evaluator_.marks.at(mark->mark) = true;
  if (const auto* nested = std::get_if<Run>(&effect)) {
    const Outcome outcome = run_nested(*nested);
    if (outcome == Outcome::permit) step.result = Step::Result::permit;
    if (outcome == Outcome::refuse) {
      step.result = refusal_.code < 500 ? Step::Result::defer : Step::Result::refuse;
    }
    return outcome;
  }
  return Outcome::none;
}

Gates::Outcome Gates::run_nested(const Run& effect) {
  const Outcome outcome = run_list(effect.list);
  if (outcome == Outcome::permit && !effect.permit_counts) return Outcome::none;
  if (outcome == Outcome::refuse && !effect.refusal_counts) return Outcome::none;
  return outcome;
}

}  // namespace relayproof::policy
