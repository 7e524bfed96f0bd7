// Lookup tables as restrictions, match lists and rewriting ask them: native tables become tables of
// the policy, whose rows give whatever the asker makes of their right-hand sides.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/policy_builder.h"
#include "dialects/postfix/table_shelf.h"
#include "mail/ip_set.h"
#include "policy/policy.h"

namespace relayproof::postfix {

/// A right-hand side that a result is wanted for.
struct RowValue {
  std::string_view text;   ///< as written
  std::string_view table;  ///< `hash:/etc/postfix/access`
  SourceRange where;       ///< without a line where it has none (static:)
  /// Of a pattern row: its text with the places of `$1`; null for other rows.
  const ResultTemplate* holes = nullptr;
  std::optional<std::size_t> pattern;  ///< index into Policy::patterns
};
/// Makes an index into Policy::results. Asked once for equal texts of rows without holes.
using ResultOf = std::function<std::uint32_t(const RowValue&)>;

/// In which way a key is looked for.
enum class Search : std::uint8_t {
  whole,           ///< maps_find(): this key only
  address,         ///< mail_addr_find(): canonical, virtual, relocated, recipient maps
  access_address,  ///< access(5) "EMAIL ADDRESS PATTERNS"
  host,            ///< access(5) "HOST NAME/ADDRESS PATTERNS": a name and its parent domains
  local_name,      ///< aliases(5): a local part with its extension, then without
  transport,       ///< transport(5) "TABLE SEARCH ORDER", without `*`
};

/// Which rows of a table a result is made for.
enum class Literals : std::uint8_t {
  by_text,  ///< once for each distinct right-hand side
  alike,    ///< once for all literal rows of a table: what they give does not hang on their text
};

/// What a search in a sequence of tables comes to. Rules in this order: where `fails` holds, the
/// lookup is an error; then each `hidden` may give anything; then the one way whose `when` holds
/// decides.
struct LoweredSearch {
  /// At most one of several ways applies to an address: names without a domain are asked for local
  /// domains only; from 3.2 on patterns see an address in quotes first, if it needs them.
  struct Way {
    policy::ConditionId when = 0;
    std::uint32_t lookup = 0;
    policy::Subject subject;
  };
  std::vector<Way> ways;
  policy::Lookup lookup;          ///< of the last way
  std::uint32_t index = 0;        ///< of that lookup
  policy::ConditionId finds = 0;  ///< some table that we can read has a row
  policy::ConditionId fails = 0;
  /// Tables whose rows we cannot see: questions to put, with the power the asker gives them.
  struct Hidden {
    std::string table;  ///< `mysql:/etc/postfix/virtual.cf`
    std::string says;   ///< why its rows are hidden
    std::vector<policy::Key> keys;
  };
  std::vector<Hidden> hidden;
  std::vector<std::string> warnings;
};
/// The search comes to one of these results (sorted or not).
policy::ConditionId gives(PolicyBuilder& builder, const LoweredSearch& search,
                          const std::vector<std::uint32_t>& results);

/// Searches `tables`, in this order, for `subject` (Postfix: maps_find() and mail_addr_find() ask
/// key by key, and for each key table by table). Equal tables with equal results are one.
LoweredSearch lower_search(PolicyBuilder& builder, TableShelf& shelf,
                           const std::vector<TableName>& tables, Search search,
                           const policy::Subject& subject, const ResultOf& result_of,
                           Literals literals = Literals::by_text);
/// The tables that a parameter names: `hash:/a, { inline:{ ... } }`.
std::vector<TableName> table_names(std::string_view value, const Version& version);

/// parent_domain_matches_subdomains names the feature: `example.com` is a key for its subdomains,
/// too; else `.example.com` is.
bool parents_match(const Config& config, std::string_view feature);

/// One table asked for a client's address: its result, by address, each address in one set at most.
struct AddressRows {
  struct Piece {
    mail::IpSet addresses;
    std::uint32_t result = 0;
    std::uint32_t line = 0;  ///< of the first row that is in it
  };
  std::vector<Piece> pieces;
  bool fails = false;  ///< every lookup is an error
  mail::IpSet hidden;  ///< any answer is possible for these
  std::string why;     ///< of the last two
};
/// access(5) "HOST NAME/ADDRESS PATTERNS": the address, then its parent networks by text; cidr:
/// by network.
AddressRows lower_address_rows(PolicyBuilder& builder, TableShelf& shelf, const TableName& table,
                               const ResultOf& result_of);

}  // namespace relayproof::postfix
