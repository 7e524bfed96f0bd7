// What restrictions do that ask an access(5) table.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dialects/postfix/access_results.h"
#include "dialects/postfix/lower_tables.h"
#include "dialects/postfix/restriction_writer.h"

namespace relayproof::postfix {

/// Results of one table that were met while it was lowered.
class MetActions {
 public:
  /// `field`: what the table is asked for, if it is a text.
  explicit MetActions(RestrictionWriter& writer, std::optional<policy::Field> field = {})
      : writer_(writer), field_(field) {}
  ResultOf result_of();
  const AccessAction& action(std::uint32_t result) const;
  /// In the order in which they were first met, each once.
  const std::vector<std::uint32_t>& results() const { return met_; }

 private:
  RestrictionWriter& writer_;
  std::optional<policy::Field> field_;
  std::vector<std::uint32_t> met_;
};

/// What an action does here, if `when` holds. With `permit_counts` false an OK is only the end of
/// the action, not of the list.
void apply_action(RestrictionWriter& writer, const AccessAction& action, policy::ConditionId when,
                  bool permit_counts = true);

/// How a table is asked for one text.
struct TableQuestion {
  const TableName* table = nullptr;
  Search search = Search::whole;
  policy::Subject subject;
  policy::ConditionId when = 0;       ///< it is asked at all
  policy::ConditionId ok_counts = 0;  ///< an OK permits; elsewhere it is a DUNNO
  /// Asked for this text where the subject is absent: `unknown`, `<>`.
  std::string instead;
  policy::ConditionId asks_instead = 0;  ///< where; only with `instead`
};
/// Rules for each result; gives the condition under which the table had an answer, an error
/// included.
policy::ConditionId ask_table(RestrictionWriter& writer, const TableQuestion& question);

/// The same for the client's address.
void ask_table_for_address(RestrictionWriter& writer, const TableName& table,
                           policy::ConditionId when);

}  // namespace relayproof::postfix
