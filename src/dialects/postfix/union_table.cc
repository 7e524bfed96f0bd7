#include "dialects/postfix/union_table.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

bool is_plain(const Table& part) {
  return part.standing == Standing::read && part.rows && part.index != Index::absent;
}

}  // namespace

std::shared_ptr<const Rows> united_rows(const std::vector<Table>& parts) {
  if (parts.empty() || !std::ranges::all_of(parts, is_plain)) return nullptr;
  std::map<std::string, std::string, std::less<>> values;
  for (const auto& part : parts) {
    const RowIndex index(part.rows->rows, part.duplicates);
    for (const auto& row : part.rows->rows) {
      if (index.find(row.key) != &row) continue;
      auto& value = values[fold_key(row.key)];
      if (!value.empty()) value += ",";
      value += row.value;
    }
  }
  std::string text;
  for (const auto& [key, value] : values) text += key + value;
  auto rows = std::make_shared<Rows>();
  rows->text = make_table_text("", std::make_shared<const std::string>(std::move(text)));
  std::string_view rest = *rows->text->content;
  for (const auto& [key, value] : values) {
    rows->rows.push_back({rest.substr(0, key.size()), rest.substr(key.size(), value.size()), 0});
    rest.remove_prefix(key.size() + value.size());
  }
  return rows;
}

}  // namespace relayproof::postfix
