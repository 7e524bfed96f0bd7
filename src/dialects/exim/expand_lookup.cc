// ${lookup: rows of files as cases; rows that cannot be seen as the owner's word.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/exim/expansion.h"

namespace relayproof::exim {

Value Expansion::lookup(std::string_view text, std::string_view whole) {
  std::size_t end = 0;
  std::optional<Value> key;
  if (text.starts_with('{')) {
    end = behind_braces(text, 0);
    if (end == std::string_view::npos) return hidden(whole, "an expansion does not end");
    key = all(text.substr(1, end - 2));
  }
  auto rest = trim(text.substr(end));
  const auto open = rest.find('{');
  if (open == std::string_view::npos) return hidden(whole, "is not followed");
  const auto type = parse_lookup_type(trim(rest.substr(0, open)));
  end = behind_braces(rest, open);
  if (!type || end == std::string_view::npos) return hidden(whole, "is not followed");
  const auto file_value = all(rest.substr(open + 1, end - open - 2));
  const auto found = branches(rest.substr(end));
  if (!key) return outside(*type, found, whole, "asks outside the configuration");
  const auto file = file_value.size() == 1 ? file_value[0].text.literal() : std::nullopt;
  if (!file || key->size() != 1) {
    return outside(*type, found, whole, "the file's name is not constant");
  }
  const auto operand = key->front().text.operand();
  if (!operand) return outside(*type, found, whole, "the key is not followed");
  return looked_up(*type, *file, *operand, found, whole);
}

Value Expansion::outside(const LookupType& type, const Branches& found, std::string_view whole,
                         std::string why) {
  const bool gives_the_row =
      !found.yes || trim(*found.yes) == "$value" || trim(*found.yes) == "${value}";
  if (!holds_owners_rows(type)) return hidden(whole, std::move(why));
  if (gives_the_row && (found.fails || !found.no || trim(*found.no).empty())) {
    return one(Text::owners_row(std::move(why), mentioned_in(whole, scope_)));
  }
  return hidden(whole, std::move(why));
}

Value Expansion::looked_up(const LookupType& type, const std::string& file, const Operand& key,
                           const Branches& found, std::string_view whole) {
  const auto with_value = [&](const std::string& value) {
    const auto before = std::exchange(scope_.value, value);
    auto result = branch(found.yes, value);
    scope_.value = before;
    return result;
  };
  if (key.fixed) {
    bool seen = false;
    const auto row = find_row(to_, type, file, *key.fixed, seen);
    if (!seen) return outside(type, found, whole, "the rows of " + file + " cannot be seen");
    return row ? with_value(row->value) : otherwise(found);
  }
  std::vector<std::string> values;
  const auto ways = lookup_ways(to_, type, file, key.subject, [&](const LookupRow& row) {
    if (std::find(values.begin(), values.end(), row.value) == values.end() &&
        values.size() <= case_limit) {
      values.push_back(row.value);
    }
    return to_.builder.named_result("value " + row.value);
  });
  if (!ways.why_not.empty()) return outside(type, found, whole, ways.why_not);
  if (values.size() >= case_limit / 2) {
    return outside(type, found, whole, "too many different rows");
  }
  Value result = otherwise(found);
  for (std::size_t way = ways.ways.size(); way > 0; --way) {
    for (const auto& value : values) {
      const auto row =
          to_.builder.finds(ways.ways[way - 1].lookup, ways.ways[way - 1].subject,
                            {to_.builder.named_result("value " + value)}, scope_.origin);
      result = joined(row, with_value(value), result);
    }
  }
  return result;
}

}  // namespace relayproof::exim
