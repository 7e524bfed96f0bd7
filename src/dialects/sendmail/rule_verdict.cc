#include "dialects/sendmail/rule_verdict.h"

#include <algorithm>
#include <utility>

#include "dialects/sendmail/rule_session.h"

namespace relayproof::sendmail {
namespace {

constexpr std::size_t most_runs = 150;

// Answers hidden facts: each one alike wherever it is asked in a run, and in run after run with
// every combination of answers.
class HiddenAnswers {
 public:
  explicit HiddenAnswers(const KnownAnswer& known) : known_(known) {}

  std::size_t ask(std::string_view map, const std::string& key, const MapResult& result) {
    const std::string name = std::string(map) + '\0' + key;
    const auto given = given_.find(name);
    if (given != given_.end()) return std::min(given->second, result.answers.size() - 1);
    std::size_t answer = 0;
    if (const auto settled = known_ ? known_(map, key, result) : std::nullopt) {
      answer = std::min(*settled, result.answers.size() - 1);
    } else {
      if (asked_ == choices_.size()) choices_.push_back({0, result.answers.size()});
      answer = std::min(choices_[asked_].answer, result.answers.size() - 1);
      ++asked_;
      if (std::find(hidden_.begin(), hidden_.end(), result.hidden) == hidden_.end()) {
        hidden_.push_back(result.hidden);
      }
    }
    given_.emplace(name, answer);
    return answer;
  }

  // The next combination; false if there is none.
  bool advance() {
    given_.clear();
    choices_.resize(std::min(choices_.size(), asked_));
    asked_ = 0;
    while (!choices_.empty() && ++choices_.back().answer >= choices_.back().of) choices_.pop_back();
    return !choices_.empty();
  }

  std::vector<std::string> hidden() && { return std::move(hidden_); }

 private:
  struct Choice {
    std::size_t answer, of;
  };
  const KnownAnswer& known_;
  std::map<std::string, std::size_t> given_;
  std::vector<Choice> choices_;
  std::size_t asked_ = 0;
  std::vector<std::string> hidden_;
};

using RunOnce = std::function<RuleOutcome(RuleSession&)>;

RuleVerdict explored(const Cf& cf, const Maps& maps, const RuleAttempt& attempt,
                     const KnownAnswer& known, const LocalNames* names, const RunOnce& run) {
  RuleVerdict verdict;
  HiddenAnswers answers(known);
  std::size_t runs = 0;
  do {
    RuleSession session(cf, maps, attempt, names,
                        [&](auto map, const auto& key, const auto& result) {
                          return answers.ask(map, key, result);
                        });
    const RuleOutcome outcome = run(session);
    if (verdict.steps.empty()) verdict.steps = session.rewriter().steps();
    if (!session.rewriter().trouble().empty()) {
      verdict.trouble = session.rewriter().trouble();
      verdict.trouble_at = session.rewriter().trouble_at();
      break;
    }
    auto& all = verdict.outcomes;
    if (std::find(all.begin(), all.end(), outcome) == all.end()) all.push_back(outcome);
    if (++runs >= most_runs) {
      verdict.trouble = "it hangs on too many facts that no file tells";
      break;
    }
  } while (answers.advance());
  verdict.hidden = std::move(answers).hidden();
  return verdict;
}

}  // namespace

bool RuleOutcome::operator==(const RuleOutcome& other) const {
  return kind == other.kind && stage == other.stage && reply.code == other.reply.code &&
         mailer == other.mailer && host == other.host && user == other.user &&
         deliveries == other.deliveries;
}

RuleVerdict check_attempt(const Cf& cf, const Maps& maps, const RuleAttempt& attempt,
                          const KnownAnswer& known, const LocalNames* names) {
  return explored(cf, maps, attempt, known, names,
                  [](RuleSession& session) { return session.run(); });
}

RuleVerdict check_rule_set(const Cf& cf, const Maps& maps, std::string_view set,
                           std::string_view text, std::optional<std::string_view> second,
                           const RuleAttempt& attempt, const KnownAnswer& known) {
  return explored(cf, maps, attempt, known, nullptr, [&](RuleSession& session) {
    RuleOutcome passes;
    passes.kind = RuleOutcome::Kind::accepted;
    return session.check(set, text, second, RuleStage::rcpt).value_or(passes);
  });
}

}  // namespace relayproof::sendmail
