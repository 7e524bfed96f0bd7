// One run of the checks of one attempt, with one answer to each hidden fact. Only for rule_*.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dialects/sendmail/rule_verdict.h"

namespace relayproof::sendmail {

class RuleSession {
 public:
  /// `names` may be null.
  RuleSession(const Cf& cf, const Maps& maps, const RuleAttempt& attempt, const LocalNames* names,
              AskHidden ask);

  RuleOutcome run();
  /// What a check says: nothing where it lets the attempt pass.
  std::optional<RuleOutcome> check(std::string_view set, std::string_view text,
                                   std::optional<std::string_view> second, RuleStage stage);
  const Rewriter& rewriter() const { return rewriter_; }

 private:
  void greet();
  std::optional<RuleOutcome> take_sender();
  std::optional<RuleOutcome> start_tls();
  std::optional<RuleOutcome> check_recipient(std::string_view wire, ResolvedAddress& way);
  RuleOutcome take_recipient();
  std::optional<RuleOutcome> refuse_special(const ResolvedAddress& address) const;
  RuleOutcome refusal(RuleStage stage, RuleReply reply) const;
  bool needs_helo() const;
  SourceRange last_rule() const;

  const Cf& cf_;
  const RuleAttempt& attempt_;
  const LocalNames* names_;
  Rewriter rewriter_;
  bool discards_ = false, quarantines_ = false;
};

}  // namespace relayproof::sendmail
