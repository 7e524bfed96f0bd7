// The right-hand side of a pattern row: text with `$1`, `${1}`, `$(1)` and `$$` (mac_parse(3)).
#include <algorithm>
#include <charconv>

#include "dialects/postfix/pattern_table.h"

namespace relayproof::postfix {
namespace {

bool is_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The name behind a `$`, and how many characters it takes; fails where a bracket is not closed.
Result<std::pair<std::string_view, std::size_t>> read_name(std::string_view text) {
  if (!text.starts_with('(') && !text.starts_with('{')) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_name);
    const auto size = static_cast<std::size_t>(end - text.begin());
    return std::pair{text.substr(0, size), size};
  }
  const char open = text.front();
  const char close = open == '(' ? ')' : '}';
  int level = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == open) ++level;
    if (text[i] == close && --level == 0) return std::pair{text.substr(1, i - 1), i + 1};
  }
  return failure(std::string("a $") + open + " that nothing closes");
}

Result<std::size_t> read_number(std::string_view name) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (name.empty() || end != name.data() + name.size() || error != std::errc{} || number == 0 ||
      number > 1'000'000) {
    return failure("$" + std::string(name) + " is no group's number");
  }
  return number;
}

void add_text(ResultTemplate& result, char c) {
  if (result.parts.empty() || result.parts.back().group != 0) result.parts.emplace_back();
  result.parts.back().text += c;
}

}  // namespace

Result<ResultTemplate> parse_result(std::string_view text) {
  ResultTemplate result;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$' || text.substr(i, 2) == "$$") {
      add_text(result, text[i]);
      i += text[i] == '$' ? 2 : 1;
      continue;
    }
    const auto name = read_name(text.substr(i + 1));
    if (!name) return tl::unexpected(name.error());
    const auto number = read_number(name->first);
    if (!number) return tl::unexpected(number.error());
    result.parts.push_back({"", *number});
    result.groups = std::max(result.groups, *number);
    i += 1 + name->second;
  }
  return result;
}

std::string ResultTemplate::fill(const std::vector<std::optional<std::string>>& captures) const {
  std::string filled;
  for (const Part& part : parts) {
    if (part.group == 0) {
      filled += part.text;
    } else if (part.group < captures.size()) {
      filled += captures[part.group].value_or("");
    }
  }
  return filled;
}

}  // namespace relayproof::postfix
