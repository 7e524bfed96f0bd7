// What every detection looks at: the services that take mail, their restriction lists with classes
// opened, the rows of tables.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "dialects/postfix/restriction_scope.h"

namespace relayproof::postfix {

/// An smtpd of master.cf, and where it can be reached.
struct Smtpd {
  ServiceLowering values;
  bool loopback_only = false;
};

/// A restriction as smtpd meets it, what stands in classes included.
struct MetRestriction {
  Restriction item;
  SourceRange where;
};

/// One row of a table, of whichever kind. Pointers are null where the kind has none.
struct TableRow {
  std::string_view key;  ///< literal rows; a pattern's text
  std::string_view result;
  SourceRange where;                    ///< line 0 for what stands in the table's name
  const PatternRow* pattern = nullptr;  ///< pcre, regexp
  const CidrRow* network = nullptr;     ///< cidr
  bool is_every = false;                ///< static: and randmap:, the same for every key
};
/// Calls `see` for each row until it gives false. Rows of a union are its parts'; of a chain and of
/// what cannot be read there are none.
void for_each_row(const Table& table, const std::function<bool(const TableRow&)>& see);
/// True if the row applies to every key: static:, `/.*/`, 0.0.0.0/0.
bool applies_to_all(const TableRow& row);

class FindingContext {
 public:
  FindingContext(const Config& config, TableShelf& shelf);
  FindingContext(const FindingContext&) = delete;
  FindingContext& operator=(const FindingContext&) = delete;

  const Config& config() const { return shared_.config; }
  TableShelf& shelf() const { return shared_.shelf; }
  const Version& version() const { return shared_.config.version(); }
  const std::deque<Smtpd>& smtpds() const { return smtpds_; }

  /// The items of a list in order, each class replaced by its own items.
  std::vector<MetRestriction> items(const Smtpd& smtpd, ListKind kind) const;
  /// Where a value is written; main.cf as a whole for a default.
  SourceRange place(const Value& value) const;
  /// Whether the lists of domains claim it: mydestination, relay_domains, virtual_*_domains.
  bool is_own(std::string_view domain) const;

  void add(std::string_view code, Severity severity, const SourceRange& where, std::string says,
           std::string remedy);
  std::vector<Finding> take();

 private:
  void add_smtpd(const Service& inet);
  void collect(const Smtpd& smtpd, const RestrictionList& list, const Value& value, int depth,
               std::vector<MetRestriction>& to) const;

  policy::Policy scratch_;  // lowered services want one; nobody asks it
  PolicyBuilder builder_;
  SharedLowering shared_;
  std::deque<Smtpd> smtpds_;
  mutable std::vector<std::function<bool(std::string_view)>> own_;  // made when first asked
  std::vector<Finding> findings_;
};

/// Looks for one thing, or for several that are seen at the same place.
using Detection = void (*)(FindingContext& context);
std::span<const Detection> reading_detections();  ///< RP1xxx
std::span<const Detection> gate_detections();  ///< permits and gates: RP2002, 5, 6, 9, 18, RP210x
std::span<const Detection> network_detections();  ///< who is trusted: RP2003, 4, 7, 8, 11, 12
std::span<const Detection> domain_detections();   ///< whose mail it is: RP2013 to RP2017
std::span<const Detection> login_detections();    ///< RP3xxx

}  // namespace relayproof::postfix
