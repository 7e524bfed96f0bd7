// The tables that say where mail goes: virtual users, mailers, aliases.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialects/sendmail/map_text.h"
#include "dialects/sendmail/relay_rules.h"
#include "dialects/sendmail/scope.h"

namespace relayproof::sendmail {

class RouteTables {
 public:
  RouteTables(Scope& scope, const RecipientClasses& recipients)
      : scope_(scope), builder_(scope.builder), recipients_(recipients) {}

  /// What rows are asked for: where mail goes, or whether the recipient is refused at once.
  enum class Ask : std::uint8_t { targets, errors };

  /// The recipient is one whom the table of virtual users is asked for.
  policy::ConditionId is_virtual();
  /// Its rows; what they make of a recipient goes through `then`. None: there is no such table, or
  /// its text is not here.
  std::optional<std::uint32_t> virtual_users(Ask ask, policy::ListId then);
  /// The mailer table's rules, for domains that are not this host: all that counts is what stays
  /// here, and what is refused.
  void mailers(policy::ListId list, Ask ask);
  std::optional<std::uint32_t> aliases(policy::ListId then);

 private:
  void add(policy::Table& table, const MapRow& row, Ask ask, policy::ListId then);

  Scope& scope_;
  PolicyBuilder& builder_;
  const RecipientClasses& recipients_;
};

}  // namespace relayproof::sendmail
