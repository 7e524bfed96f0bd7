// Whatever a pcre: or regexp: table holds: blocks end behind their beginning, results name no group
// that the engine does not have, and a key finds a row or none.
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "dialects/postfix/pattern_table.h"

namespace relayproof::postfix {

int fuzz_pattern_table_parser(const std::uint8_t* data, std::size_t size);

namespace {

/// An engine that refuses what ends with `!` and counts brackets.
Result<std::size_t> count_groups(const PatternText& pattern) {
  if (pattern.text.ends_with('!')) return failure("refused");
  std::size_t groups = 0;
  for (const char c : pattern.text) groups += c == '(' ? 1 : 0;
  return groups;
}

std::optional<bool> finds(const PatternText& pattern, std::string_view key) {
  return key.find(pattern.text) != key.npos;
}

void check(const PatternTable& table, bool has_engine) {
  for (std::uint32_t i = 0; i < table.rows.size(); ++i) {
    const PatternRow& row = table.rows[i];
    if (row.op == PatternRow::Op::block && (row.end <= i || row.end > table.rows.size())) {
      std::abort();
    }
    if (has_engine && row.op == PatternRow::Op::match &&
        row.result.groups > count_groups(row.pattern).value()) {
      std::abort();
    }
    const PatternRow* found = find_row(table, row.pattern.text, finds);
    if (found != nullptr && found->op != PatternRow::Op::match) std::abort();
  }
}

}  // namespace

// The first byte chooses the syntax and whether there is an engine.
int fuzz_pattern_table_parser(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto syntax = data[0] % 2 == 0 ? PatternSyntax::pcre : PatternSyntax::regexp;
  const bool has_engine = data[0] % 4 < 2;
  const auto content =
      std::make_shared<const std::string>(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(parse_pattern_table("t", content, syntax, {}, has_engine ? count_groups : CountGroups{}),
        has_engine);
  return 0;
}

}  // namespace relayproof::postfix

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::postfix::fuzz_pattern_table_parser(data, size);
}
#endif
