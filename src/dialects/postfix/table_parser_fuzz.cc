// Whatever a table's source or name holds: rows stand in the text, blocks end behind their
// beginning, and each row of a key is found or hidden.
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "dialects/postfix/cidr_table.h"
#include "dialects/postfix/table.h"
#include "dialects/postfix/table_parser.h"

namespace relayproof::postfix {

int fuzz_table_parser(const std::uint8_t* data, std::size_t size);

namespace {

using Content = std::shared_ptr<const std::string>;

void check_rows(const Rows& rows) {
  const RowIndex index(rows.rows, RowIndex::Duplicates::first);
  for (const Row& row : rows.rows) {
    const Row* found = index.find(row.key);
    if (found == nullptr || found > &row || fold_key(found->key) != fold_key(row.key)) std::abort();
  }
}

void check_cidr(const CidrTable& table) {
  for (std::uint32_t i = 0; i < table.rows.size(); ++i) {
    const CidrRow& row = table.rows[i];
    if (row.op == CidrRow::Op::block && (row.end <= i || row.end > table.rows.size())) std::abort();
    const bool ends = row.op == CidrRow::Op::block && row.end < table.rows.size();
    if (ends && table.rows[row.end].op != CidrRow::Op::end_of_block) std::abort();
    const CidrRow* found = table.find(row.network.address);
    if (found != nullptr && found->op != CidrRow::Op::match) std::abort();
  }
}

}  // namespace

// The first byte chooses the version, the rest is read as each kind of table in turn.
int fuzz_table_parser(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  TableOptions options;
  options.version = data[0] % 2 == 0 ? newest_version : oldest_version;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Content content = std::make_shared<const std::string>(text);
  check_rows(parse_rows("t", content, options));
  check_rows(parse_inline(text, options));
  check_cidr(parse_cidr_table("t", content, options));
  for (const auto& row : parse_aliases("t", content).rows) {
    if (row.name.empty() || row.targets.empty()) std::abort();
  }
  const MemoryFiles none;
  const Table table =
      read_table(parse_table_name(text, options.version), {&none, "/", options, {}});
  if (table.standing != Standing::read && table.why.empty()) std::abort();
  return 0;
}

}  // namespace relayproof::postfix

#ifdef RELAYPROOF_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return relayproof::postfix::fuzz_table_parser(data, size);
}
#endif
