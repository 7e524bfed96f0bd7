// Writes the rules of one restriction list. Knows what warn_if_reject and forbidden OKs make of an
// outcome, so that whoever lowers a restriction says only what Postfix would say without them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/restriction_scope.h"
#include "dialects/postfix/restrictions.h"
#include "policy/policy.h"

namespace relayproof::postfix {

class RestrictionWriter {
 public:
  RestrictionWriter(ServiceLowering& service, Scope scope, std::string name);

  ServiceLowering& service() { return service_; }
  PolicyBuilder& builder() { return service_.builder(); }
  const Scope& scope() const { return scope_; }

  /// What the next rules are written as, and where. `warn`: behind warn_if_reject.
  void begin(policy::OriginId origin, std::string says, bool warn);
  /// Until begin(): an OK is a server error, since anybody can make the name that is asked for.
  void forbid_ok() { scope_.ok_is_error = true; }
  policy::OriginId origin() const { return origin_; }
  const std::string& says() const { return says_; }
  /// For a part of the item: a row of its table.
  void put(policy::ConditionId when, policy::Effect effect, std::string_view detail = {});

  /// Nothing comes of it; shown in a trace all the same.
  void pass(policy::ConditionId when, std::string_view detail = {});
  void permit(policy::ConditionId when, std::string_view detail = {});
  void refuse(policy::ConditionId when, policy::Answer answer, std::string_view detail = {});
  /// 451 4.3.5 and 451 4.3.0, which warn_if_reject does not soften.
  void server_error(policy::ConditionId when, std::string_view detail = {});
  void lookup_error(policy::ConditionId when, std::string_view detail = {});
  /// 451 4.3.5 like any other refusal of a table.
  void table_error(policy::ConditionId when);
  void defer_if_permit(policy::ConditionId when, policy::Answer answer);
  void defer_if_reject(policy::ConditionId when, policy::Answer answer);
  /// Where both were left behind the rest of a list is not asked (smtpd_check.c, generic_checks).
  void end_if_deferred_both_ways();
  /// A refusal that hangs on what neither the files nor the attempt say, and that can do nothing
  /// but refuse.
  void screen(policy::ConditionId when, std::vector<policy::Subject> about, policy::Answer answer);
  /// What a server or a table outside the files says: OK, a refusal, or nothing.
  void ask(policy::ConditionId when, std::string_view what, std::string_view why,
           std::vector<policy::Subject> about, bool permit_counts = true);
  /// What this list knows of the session, for questions that are told everything.
  std::vector<policy::Subject> everything_known() const;

  bool is_empty() const { return list_.rules.empty(); }
  policy::ListId finish();

 private:
  std::uint32_t deferral(std::string_view kind, const policy::Answer& answer,
                         std::vector<ServiceLowering::Deferral>& known);

  ServiceLowering& service_;
  Scope scope_;
  Scope list_scope_;  // without what belongs to one item
  policy::List list_;
  policy::OriginId origin_ = 0;
  std::string says_;
};

}  // namespace relayproof::postfix
