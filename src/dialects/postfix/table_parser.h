// Rows of `key whitespace value` text, as postmap(1) and texthash: read it, and of aliases(5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/host.h"
#include "dialects/postfix/table_lines.h"

namespace relayproof::postfix {

/// How a table is read.
struct TableOptions {
  Version version = newest_version;
  bool utf8 = true;  ///< smtputf8_enable: lines that are not UTF-8 are ignored (3.0 on)
};

/// One row. The key is as written: it is compared without regard to case (fold_key()).
struct Row {
  std::string_view key;
  std::string_view value;
  std::uint32_t line = 0;
};

/// The rows in the order of the file, those of a key that comes twice included.
struct Rows {
  std::shared_ptr<const TableText> text;  ///< what the rows look into
  std::vector<Row> rows;
  std::vector<Problem> problems;  ///< lines that Postfix ignores, and why; at most a hundred
};

/// Reads the source of hash:, btree:, lmdb:, cdb:, texthash: ... (postmap(1)).
Rows parse_rows(std::string file, std::shared_ptr<const std::string> content,
                const TableOptions& options);

/// Reads inline:{ k=v, { k = v w } }. A syntax error, or no row at all, is a problem of the kind
/// `fatal`: every lookup of the table is an error then.
Rows parse_inline(std::string_view name, const TableOptions& options);

/// A key as Postfix stores and asks it: ASCII in lower case.
std::string fold_key(std::string_view key);

/// Finds rows by key without regard to case. The rows must outlive it.
class RowIndex {
 public:
  /// Which row counts where a key comes twice.
  enum class Duplicates : std::uint8_t { first, last };
  RowIndex(const std::vector<Row>& rows, Duplicates duplicates);

  /// Null if there is none. `key` in any case.
  const Row* find(std::string_view key) const;
  /// Rows that another one of the same key hides, in the order of the file.
  const std::vector<const Row*>& hidden() const { return hidden_; }

 private:
  struct Slot {
    std::uint32_t row = 0;  // its number plus one; 0 is empty
    std::uint32_t tag = 0;  // of the hash: most other keys are told apart without looking at them
  };
  std::size_t slot_of(std::string_view key, std::uint64_t hash) const;

  const std::vector<Row>* rows_;
  std::vector<Slot> slots_;  // open addressing
  std::vector<const Row*> hidden_;
};

/// What an alias leads to (aliases(5)).
struct AliasTarget {
  enum class Kind : std::uint8_t { address, command, file, include };
  Kind kind = Kind::address;
  std::string text;  ///< without quotes, and without `|` and `:include:`
};

/// One line of an aliases file. `name` is without quotes and in lower case.
struct AliasRow {
  std::string name;
  std::vector<AliasTarget> targets;
  std::uint32_t line = 0;
};

struct Aliases {
  std::vector<AliasRow> rows;
  std::vector<Problem> problems;
};

/// Reads an aliases(5) file, as postalias(1) does.
Aliases parse_aliases(const std::string& file, std::shared_ptr<const std::string> content);

/// The targets of a value such as `a@b, "|/bin/x y", :include:/list`.
std::vector<AliasTarget> alias_targets(std::string_view value);

}  // namespace relayproof::postfix
