// A lookup table as far as files say what is in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "dialects/postfix/cidr_table.h"
#include "dialects/postfix/config.h"
#include "dialects/postfix/pattern_table.h"
#include "dialects/postfix/table_name.h"
#include "dialects/postfix/table_parser.h"

namespace relayproof::postfix {

/// What we know of a table.
enum class Standing : std::uint8_t {
  read,     ///< its rows are here
  hidden,   ///< it may answer anything: its rows are elsewhere, or we may not read them
  missing,  ///< there is no such file: each lookup is an error (451 at the time of use)
  failing,  ///< each lookup is an error, for the reason in `why`
};
std::string_view to_string(Standing standing);

/// The index that Postfix reads instead of the source that we read.
enum class Index : std::uint8_t {
  none_needed,  ///< Postfix reads the source itself
  current,      ///< at least as new as its source
  stale,        ///< older than its source: Postfix still answers with what stood there before
  absent,       ///< not made yet: each lookup is an error until postmap has run
};

struct Table {
  TableName name;
  Standing standing = Standing::hidden;
  std::string why;   ///< of what is not `read`: one sentence without a full stop
  std::string file;  ///< the source's path; empty where the name holds the rows
  Index index = Index::none_needed;

  std::shared_ptr<const Rows> rows;              ///< indexed, text, rows; all_of, where it can be
  std::shared_ptr<const CidrTable> cidr;         ///< cidr
  std::shared_ptr<const PatternTable> patterns;  ///< pcre, regexp
  std::vector<std::string> values;               ///< value: one; random: any of them
  std::vector<Table> parts;                      ///< all_of, chain
  RowIndex::Duplicates duplicates = RowIndex::Duplicates::first;

  /// What Postfix would log on reading the source, and that the index is stale or absent.
  std::vector<Problem> problems;
};

/// What reading a table needs to know.
struct TableAccess {
  const FileSystem* files = nullptr;  ///< never null
  std::string folder = "/";           ///< of relative names: queue_directory
  TableOptions options{};
  CountGroups count_groups{};  ///< for pcre and regexp; see parse_pattern_table()
};

/// Opens and reads the table, composite ones with all their parts. Never fails.
Table read_table(const TableName& name, const TableAccess& access);
/// The same for an alias table's source: `hash:/etc/aliases` holds aliases(5) lines. Null if the
/// file cannot be read; `read_table` says why.
std::shared_ptr<const Aliases> read_aliases(const TableName& name, const TableAccess& access);

}  // namespace relayproof::postfix
