// The stages of a session, followed for one concrete attempt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/evaluate.h"

namespace relayproof::policy {

/// Runs lists of rules, and writes down what each rule said.
class Gates {
 public:
  /// All of them must outlive the gates.
  Gates(const Policy& policy, const Listener& listener, Evaluator& evaluator,
        std::vector<Step>& trace);

  struct Refusal {
    Answer answer;
    std::string stage;
  };
  /// Runs the stages from one moment to another, both included.
  std::optional<Refusal> run(Moment from, Moment to);
  /// Those in front of MAIL's address, for a sender that cannot be read.
  std::optional<Refusal> run_up_to_sender();

 private:
  enum class Outcome : std::uint8_t { none, permit, refuse };

  template <typename Wanted>
  std::optional<Refusal> run_those(Wanted wanted);
  Outcome run_list(ListId id);
  Outcome run_rule(const Rule& rule, const std::string& list);
  Outcome run_nested(const Run& effect);
  Outcome apply(const Effect& effect, Step& step);

  const Policy& policy_;
  const Listener& listener_;
  Evaluator& evaluator_;
  std::vector<Step>& trace_;
  Answer refusal_;
  std::size_t depth_ = 0;
};

/// What the client hears when the listener means this answer.
Answer as_heard(const Listener& listener, Answer answer);

/// The trace's line for a rule, and the place of the row that answered.
Step step_for(const Policy& policy, const Rule& rule, const std::string& list,
              const std::optional<Match>& found);

/// Lists nested deeper than this are not followed; the attempt is refused, as servers do.
inline constexpr std::size_t list_depth_limit = 100;

}  // namespace relayproof::policy
