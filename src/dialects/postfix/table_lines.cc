#include "dialects/postfix/table_lines.h"

namespace relayproof::postfix {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

TableLines::TableLines(TableText& text) : text_(&text), rest_(*text.content) {}

TableLines::Physical TableLines::take() {
  const std::size_t end = rest_.find('\n');
  Physical physical{rest_.substr(0, end), false};
  rest_.remove_prefix(end == rest_.npos ? rest_.size() : end + 1);
  ++line_;
  for (const char c : physical.text) {
    if (is_blank(c)) continue;
    physical.counts = c != '#';
    break;
  }
  return physical;
}

// A comment or an empty line does not end a logical line: what is behind it may still continue it.
bool TableLines::continues() const {
  return !rest_.empty() && (rest_.front() == '#' || is_blank(rest_.front()));
}

bool TableLines::next(TableLine& line) {
  line.parts.clear();
  std::string* joined = nullptr;
  bool found = false;
  while (!rest_.empty() && (!found || continues())) {
    const Physical physical = take();
    if (!physical.counts) continue;
    if (!found) {
      found = true;
      line.text = physical.text;
      line.line = line_;
      continue;
    }
    if (joined == nullptr) {
      joined = &text_->joined.emplace_back(line.text);
      line.parts.push_back({0, line.line});
    }
    line.parts.push_back({joined->size(), line_});
    *joined += physical.text;
  }
  if (!found) return false;
  if (joined != nullptr) line.text = *joined;
  line.misplaced = is_blank(line.text.front());
  line.text = line.text.substr(0, line.text.find('\0'));
  return true;
}

}  // namespace relayproof::postfix
