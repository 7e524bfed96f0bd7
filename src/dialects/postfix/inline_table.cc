// inline:{ key=value, { key = value with blanks } } (DATABASE_README).
#include "dialects/postfix/braces.h"
#include "dialects/postfix/table_name.h"
#include "dialects/postfix/table_parser.h"
#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

Result<KeyValue> read_pair(std::string_view word, bool quotes) {
  if (!word.starts_with('{')) return split_key_value(word, quotes);
  const auto inside = inside_braces(word);
  if (!inside) return tl::unexpected(inside.error());
  return split_key_value(*inside, quotes);
}

}  // namespace

Rows parse_inline(std::string_view name, const TableOptions& options) {
  Rows rows;
  rows.text = make_table_text("", std::make_shared<const std::string>(name));
  const auto fail = [&rows](std::string_view why) {
    rows.rows.clear();
    note(rows.problems, {}, why, Problem::Kind::fatal);
    return rows;
  };
  const auto inside = inside_braces(*rows.text->content);
  if (!inside) return fail("expected inline:{key=value, ...}");
  for (const auto& word : list_words(*inside, options.version)) {
    const auto pair = read_pair(word.text, options.version >= Version{3, 2});
    if (!pair) return fail(pair.error().message);
    rows.rows.push_back({pair->key, pair->value, 0});
  }
  return rows.rows.empty() ? fail("a table without rows") : rows;
}

}  // namespace relayproof::postfix
