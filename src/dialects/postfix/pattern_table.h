// pcre_table(5) and regexp_table(5): patterns in order, the first one that is found counts.
// Patterns stay text here; whoever has an engine says which of them it takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/postfix/config.h"
#include "dialects/postfix/table_lines.h"
#include "dialects/postfix/table_parser.h"
#include "patterns/pattern.h"

namespace relayproof::postfix {

enum class PatternSyntax : std::uint8_t { pcre, regexp };

/// `!/text/flags`.
struct PatternText {
  std::string_view text;  ///< between the delimiters, backslashes kept
  patterns::Flavour flavour = patterns::Flavour::pcre;
  patterns::Options options{};
  bool negated = false;  ///< found where the pattern is not
};

/// A result with `$1 ${1} $(1) $$`.
struct ResultTemplate {
  struct Part {
    std::string text;       ///< literally, where `group` is 0
    std::size_t group = 0;  ///< what this group matched; nothing if it took no part
  };
  std::vector<Part> parts;  ///< neighbouring literal parts are joined
  std::size_t groups = 0;   ///< the highest number used; 0: the result is the same for every key

  /// The text for what the groups captured (group 0 is the whole match).
  std::string fill(const std::vector<std::optional<std::string>>& captures) const;
};

/// Reads a result; fails, as Postfix skips the row, where a `$` is followed by no number from 1 on.
Result<ResultTemplate> parse_result(std::string_view text);

struct PatternRow {
  enum class Op : std::uint8_t { match, block, end_of_block };
  Op op = Op::match;
  PatternText pattern{};              ///< of match and block
  std::optional<PatternText> also{};  ///< regexp: the second one of `/a/!/b/`, as negated says
  std::string_view text;              ///< of match: the result as written
  ResultTemplate result{};            ///< of match
  std::uint32_t line = 0;
  std::uint32_t end = 0;  ///< of block: the row that ends it; the number of rows if none does
};

struct PatternTable {
  std::shared_ptr<const TableText> text;
  std::vector<PatternRow> rows;   ///< those that Postfix keeps
  std::vector<Problem> problems;  ///< lines that it skips or reads in its own way, and why
};

/// How many groups a pattern has; fails with the engine's words if it does not take the pattern.
using CountGroups = std::function<Result<std::size_t>(const PatternText&)>;

/// Reads the file. A row whose pattern the engine refuses, or whose result names a group that it
/// does not have, is skipped; a skipped `if` leaves the rows of its block without a condition.
/// Without `count_groups` every pattern is taken to be good and to have the groups it needs.
PatternTable parse_pattern_table(std::string file, std::shared_ptr<const std::string> content,
                                 PatternSyntax syntax, const TableOptions& options,
                                 const CountGroups& count_groups = nullptr);

/// Whether the pattern, without its `!`, is found in a key; nullopt if the engine gave up, which
/// counts for Postfix as a row that does not apply.
using Finds = std::function<std::optional<bool>(const PatternText&, std::string_view key)>;
/// The row that a key finds, or null.
const PatternRow* find_row(const PatternTable& table, std::string_view key, const Finds& finds);

}  // namespace relayproof::postfix
