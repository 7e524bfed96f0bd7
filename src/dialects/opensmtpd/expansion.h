// What becomes of a recipient for whom a rule delivers here: aliases, virtual tables, users. smtpd
// does all of this while the client waits for the answer to RCPT (lka_expand() of lka_session.c).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/opensmtpd/alias_rows.h"
#include "dialects/opensmtpd/conditions.h"
#include "dialects/opensmtpd/scope.h"

namespace relayproof::opensmtpd {

/// How the client is answered because of where a recipient leads.
struct Outcome {
  enum class Is : std::uint8_t { accepted, refused, varies } is = Is::accepted;
  policy::Answer answer = {};  ///< if refused
  policy::ListId list = 0;     ///< if it varies: what decides
};

/// The lists of one listener.
class Expansion {
 public:
  /// Both must outlive it.
  Expansion(Scope& scope, const Listen& listen);

  /// At RCPT: permits or refuses a recipient that this action takes.
  policy::ListId answers(std::size_t action);
  /// Behind it: where its mail goes.
  policy::ListId route(std::size_t action);
  /// The rules as an address that came out of an alias meets them.
  policy::ListId inside();

 private:
  const Action& action(std::size_t index) const { return scope_.config.actions.at(index); }
  /// Users that were looked up already for the same address: smtpd does not do it twice. The second
  /// of a pair says whether the user came out of his own alias.
  using Seen = std::set<std::pair<std::string, bool>>;
  Outcome user(const std::string& name, std::size_t action, int depth, bool same, Seen& seen);
  Outcome without_alias(std::string_view name, std::size_t action) const;
  Outcome address(const std::string& address, int depth);
  Outcome address_unknown_yet(const std::string& address, int depth);
  Outcome rule(const MatchRule& rule, const std::string& address, int depth);
  Outcome delivered(const std::string& address, std::size_t action, int depth);
  Outcome row(const Row& row, std::size_t action, int depth, std::string_view user, Seen& seen);
  Outcome target(const Target& target, std::size_t action, int depth, std::string_view user,
                 Seen& seen);
  Outcome together(const std::vector<Outcome>& outcomes, std::string_view name);
  const Row* virtual_row(const AliasRows& rows, const std::string& address) const;
  std::optional<bool> is_user(std::string_view name, std::size_t action) const;

  struct AliasPart {
    std::vector<policy::Key> keys;
    policy::Table table;
  };
  std::vector<AliasPart> parts_of(const Table& from, bool of_addresses, std::size_t action,
                                  std::optional<policy::ListId> then);
  void add_users(policy::ListId list, std::size_t action);
  std::optional<std::uint32_t> users_lookup(std::size_t action);
  void add_rows(policy::ListId list, TableId table, bool of_addresses, std::size_t action,
                std::optional<policy::ListId> then);
  policy::ListId users(std::size_t action);
  policy::ListId targets(std::size_t action);
  policy::Effect effect_of(const Outcome& outcome) const;
  policy::Effect effect_of(const Row& row, bool of_addresses, std::size_t action,
                           std::optional<policy::ListId> then);
  const AliasRows& rows_of(TableId table);
  policy::OriginId origin_of(std::size_t action) {
    return scope_.builder.origin(this->action(action).place, "action");
  }

  using Lists = std::map<std::size_t, policy::ListId>;
  /// The list of that action; true if it is new, and has to be filled.
  std::pair<policy::ListId, bool> list_of(Lists& lists, std::string_view what, std::size_t action);

  Scope& scope_;
  const Listen& listen_;
  Lists answers_, routes_, users_, targets_;
  std::optional<policy::ListId> inside_;
  std::map<TableId, std::unique_ptr<AliasRows>> rows_;
  std::map<std::string, Outcome, std::less<>> addresses_;
};

}  // namespace relayproof::opensmtpd
