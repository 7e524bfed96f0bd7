// What JSON and CLIXML have in common: values, lists and objects, each with its place.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/source_range.h"
#include "dialects/exchange/export_text.h"
#include "dialects/exchange/record.h"

namespace relayproof::exchange {

/// Deeper nesting is no export.
inline constexpr std::size_t deepest_node = 64;

struct Node {
  enum class Kind : unsigned char { null, text, list, object } kind = Kind::null;
  std::string text;         ///< of a text; of an object what .NET prints for it, if that was saved
  std::string name;         ///< of a member of an object
  std::vector<Node> items;  ///< of a list; of an object its members
  bool is_incomplete = false;  ///< refers to something that is not repeated here
  SourceRange where;

  /// `wanted` is in lower case; null if there is no such member.
  const Node* member(std::string_view wanted) const;
};

/// One text for a value: `0.0.0.0:25` for an object with Address and Port, `10.0.0.0/8` for one
/// with Expression, and so on.
std::string text_of(const Node& node);

/// The objects that Exchange's cmdlets printed, wherever in the tree they are.
std::vector<Record> records_of(const Node& root);

/// Fail with one line that has file, line and column.
Result<Node> parse_json(const ExportText& text);
Result<Node> parse_clixml(const ExportText& text);
/// Format-List and Format-Table. Never fails: what is neither is left out.
std::vector<Record> parse_list(const ExportText& text);

}  // namespace relayproof::exchange
