// Conditions of a policy, asked of one concrete attempt.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/decide.h"
#include "policy/facts_of.h"

namespace relayproof::policy {

/// A question about these very things: the same thing asked twice is answered alike.
struct Asked {
  std::uint32_t question = 0;
  std::string about;
  auto operator<=>(const Asked&) const = default;
};
using Answers = std::map<Asked, bool>;

/// Answers conditions; open questions as `answers` has them, else `no`, and remembers which.
class Evaluator {
 public:
  /// All of them must outlive the evaluator.
  Evaluator(const Policy& policy, const Listener& listener, const DecideOptions& options,
            const Answers& answers);

  bool holds(ConditionId id);
  /// The row that a rule for a whole table finds.
  std::optional<Match> match(const Rule::ByRow& by_row);

  bool is_suppressed(OriginId origin) const { return options_.suppressed.contains(origin); }

  /// What held since the last call: networks and keys, and the origins of conditions. Cleared by
  /// reading.
  struct Held {
    std::string detail;
    std::vector<OriginId> origins;
  };
  Held take_held();

  Facts facts;
  std::vector<bool> marks;
  std::vector<Asked> asked;  ///< without an answer so far, each once, in order

 private:
  bool is(const Constant& condition) const { return condition.value; }
  bool is(const ClientIn& condition) const;
  bool is(const IsSet& condition);
  bool is(const Present& condition) const;
  bool is(const Finds& condition);
  bool is(const Same& condition) const;
  bool is(const HasMark& condition) const { return marks.at(condition.mark); }
  bool is(const Unknown& condition);
  bool is(const Not& condition) { return !holds(condition.of); }
  bool is(const All& condition);
  bool is(const Any& condition);

  std::optional<Match> match(std::uint32_t lookup, const Subject& subject,
                             const std::vector<std::uint32_t>& results);
  std::vector<std::string> texts(const Subject& subject) const;
  bool ask(std::uint32_t question, std::string about);
  void note(std::string_view what);

  const Policy& policy_;
  const Listener& listener_;
  const DecideOptions& options_;
  const Answers& answers_;
  Held held_;
};

}  // namespace relayproof::policy
