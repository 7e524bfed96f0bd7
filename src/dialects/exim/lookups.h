// Lookups of one key (specification, chapter 9): which row of a file answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// `partial2(*.)lsearch*@,opt`: how a lookup is asked.
struct LookupType {
  std::string type;      ///< `lsearch`
  int partial = -1;      ///< the fewest labels that partial matching keeps; -1: none
  bool star = false;     ///< `*`: the key `*` answers for what is not found
  bool star_at = false;  ///< `*@`: before it `*@domain`
};
std::optional<LookupType> parse_lookup_type(std::string_view text);
/// Only the owner writes what it finds: a file or a database, not the DNS.
bool holds_owners_rows(const LookupType& type);

struct LookupRow {
  std::string key;
  std::string value;
  std::uint32_t line = 0;
};

/// The rows of a file; nullptr if they cannot be seen, and why.
struct LookupRows {
  std::shared_ptr<const std::vector<LookupRow>> rows;
  std::string why_not;
};
LookupRows read_lookup(Lowering& to, const LookupType& type, const std::string& file);

/// Ways in which a row is found, to be tried one after the other. Each row's effect is what
/// `result_of` makes of its value: an index into Policy::results.
struct LookupWay {
  std::uint32_t lookup = 0;
  policy::Subject subject;
};
struct LookupWays {
  std::vector<LookupWay> ways;
  std::string why_not;  ///< not empty: the rows cannot be seen
};
LookupWays lookup_ways(Lowering& to, const LookupType& type, const std::string& file,
                       const policy::Subject& key,
                       const std::function<std::uint32_t(const LookupRow&)>& result_of);

/// The row that answers for a known key.
std::optional<LookupRow> find_row(Lowering& to, const LookupType& type, const std::string& file,
                                  std::string_view key, bool& seen);

/// The key, a part of the attempt or known, is found.
policy::ConditionId is_found(Lowering& to, const LookupType& type, const std::string& file,
                             const Operand& key, const Scope& scope);

/// The client's address, masked to `bits` (none: as it is), is found: `net24-lsearch;`.
policy::ConditionId client_is_found(Lowering& to, const LookupType& type, const std::string& file,
                                    std::optional<unsigned> bits, const Scope& scope);

}  // namespace relayproof::exim
