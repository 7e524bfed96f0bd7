#include "dialects/postfix/braces.h"

#include <string>

#include "dialects/postfix/table_lines.h"

namespace relayproof::postfix {

Result<std::string_view> inside_braces(std::string_view text) {
  if (!text.starts_with('{')) return failure("no { at the beginning of " + std::string(text));
  int level = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++level;
    if (text[i] != '}' || --level > 0) continue;
    if (i + 1 != text.size()) return failure("text behind the } of " + std::string(text));
    return text.substr(1, i - 1);
  }
  return failure("no } at the end of " + std::string(text));
}

Result<KeyValue> split_key_value(std::string_view text, bool quotes) {
  text = trim_blanks(text);
  if (text.empty()) return failure("expected key = value");
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (quotes && c == '\\') {
      if (++end == text.size()) break;
    } else if (quotes && c == '"') {
      quoted = !quoted;
    } else if (!quoted && (is_blank(c) || c == '=')) {
      break;
    }
  }
  if (quoted) return failure("an odd number of quotes in " + std::string(text));
  const auto rest = trim_blanks(text.substr(end));
  if (!rest.starts_with('=')) return failure("no = in " + std::string(text));
  return KeyValue{text.substr(0, end), trim_blanks(rest.substr(1))};
}

}  // namespace relayproof::postfix
