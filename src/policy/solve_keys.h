// The literal keys that can make a condition true which is not: for one that shall find a result,
// the keys that give it; for one that shall not, the keys that give another.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/policy.h"
#include "policy/shapes.h"
#include "policy/solve.h"

namespace relayproof::policy {

/// Whether a table of the lookup has pattern rows, or a row for everything.
bool has_patterns(const Policy& policy, const Lookup& lookup);
bool has_everything(const Policy& policy, const Lookup& lookup);
/// Whether all literal keys of the lookup are compared in any case.
bool folds_case(const Policy& policy, const Lookup& lookup);
/// How many literal keys, and how many pattern rows, the lookup has in all.
std::size_t literals_in(const Policy& policy, const Lookup& lookup);
std::size_t pattern_rows(const Policy& policy, const Lookup& lookup);

/// The helping keys of one condition, looked for when they are first needed, and then kept: a table
/// of a million rows is gone through once or twice, however much is asked of it.
class HelpfulKeys {
 public:
  /// The policy must outlive this. Of the condition's subject only the part counts.
  HelpfulKeys(const Policy& policy, Wanted wanted)
      : policy_(policy),
        wanted_(std::move(wanted)),
        lookup_(policy.lookups.at(wanted_.lookup)),
        folds_(folds_case(policy, lookup_)) {}

  /// False: stop here.
  using Visit = std::function<bool(std::string_view key)>;
  /// Those of all keys that can meet the shape; the first pass through all of a large table starts
  /// at once, and keeps nothing. Small tables are visited in the order of their lines.
  void visit(const Shape* shape, const Visit& visit);
  /// True if the lookup asks for names and what is above them only, and the server answers for the
  /// domain that each helping key is: then no text that one of them helps is outside.
  bool all_are_own();

 private:
  bool is_own(std::string_view key) const;
  void visit_tables(const Visit& visit) const;
  bool visit_table(const Table& table, const Visit& visit) const;
  bool helps(const Row& row) const { return (row.result == wanted_.result) == wanted_.holds; }
  bool asks_locals() const;
  void build();
  bool visit_at(std::string_view domain, const Visit& visit) const;

  const Policy& policy_;
  Wanted wanted_;
  const Lookup& lookup_;
  bool folds_;
  bool visited_ = false;
  bool built_ = false;
  std::optional<bool> all_are_own_;
  std::vector<std::string_view> all_;
  std::vector<std::uint32_t> without_domain_;  ///< places in all_
  std::vector<std::uint64_t> by_domain_;       ///< half a hash of the domain, and a place; sorted
};

}  // namespace relayproof::policy
