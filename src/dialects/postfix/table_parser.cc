#include "dialects/postfix/table_parser.h"

#include <algorithm>
#include <bit>

#include "base/text.h"
#include "dialects/postfix/table_name.h"
#include "dialects/postfix/table_problems.h"

namespace relayproof::postfix {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
    if (size == 0 || text.size() - i < size) return false;
    for (std::size_t k = 1; k < size; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    const auto second = size > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
      return false;
    }
    i += size;
  }
  return true;
}

struct Split {
  std::size_t key_end = 0;
  bool balanced = true;
};

/// Where the key ends. From 3.2 on quotes and backslashes keep blanks in it.
Split split_key(std::string_view line, bool quotes) {
  if (!quotes) return {std::min(line.find_first_of(" \t\r\n"), line.size()), true};
  bool quoted = false;
  std::size_t i = 0;
  for (; i < line.size(); ++i) {
    if (line[i] == '\\') {
      if (++i == line.size()) break;
    } else if (is_blank(line[i])) {
      if (!quoted) break;
    } else if (line[i] == '"') {
      quoted = !quoted;
    }
  }
  return {i, !quoted};
}

class RowReader {
 public:
  RowReader(Rows& rows, const TableText& text, const TableOptions& options)
      : rows_(&rows),
        text_(&text),
        quotes_(options.version >= Version{3, 2}),
        check_utf8_(options.utf8 && options.version >= Version{3, 0} && !is_ascii(*text.content)) {}

  void read(const TableLine& line) {
    if (line.misplaced) return say(line, "a line that begins with white space is ignored");
    if (check_utf8_ && !is_utf8(line.text)) return say(line, "a line that is not UTF-8 is ignored");
    const Split split = split_key(line.text, quotes_);
    if (!split.balanced) return say(line, "a line with an odd number of quotes is ignored");
    const auto key = line.text.substr(0, split.key_end);
    const auto value = trim_blanks(line.text.substr(split.key_end));
    if (key.empty() || value.empty()) {
      return say(line, "a line without a key and a value is ignored");
    }
    if (key.back() == ':') say(line, "the key ends with a colon, as in an aliases file");
    rows_->rows.push_back({key, value, line.line});
  }

 private:
  void say(const TableLine& line, std::string_view what) {
    note(rows_->problems, {text_->file, line.line, 1}, what);
  }

  Rows* rows_;
  const TableText* text_;
  bool quotes_;
  bool check_utf8_;
};

}  // namespace

Rows parse_rows(std::string file, std::shared_ptr<const std::string> content,
                const TableOptions& options) {
  Rows rows;
  const auto text = make_table_text(std::move(file), std::move(content));
  rows.text = text;
  rows.rows.reserve(
      static_cast<std::size_t>(std::count(text->content->begin(), text->content->end(), '\n')) + 1);
  RowReader reader(rows, *text, options);
  TableLines lines(*text);
  for (TableLine line; lines.next(line);) reader.read(line);
  return rows;
}

std::string fold_key(std::string_view key) { return to_lower(key); }

}  // namespace relayproof::postfix
