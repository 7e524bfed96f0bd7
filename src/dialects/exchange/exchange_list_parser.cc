#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/exchange/node.h"

namespace relayproof::exchange {
namespace {

constexpr std::string_view ellipsis = "\xE2\x80\xA6";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_of_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

std::string_view without_return(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_cut(std::string_view text) { return text.ends_with("...") || text.ends_with(ellipsis); }

// `{a, b, c...}`: $FormatEnumerationLimit has cut a list off.
void take_value(std::string_view text, Property& to) {
  text = trim(text);
  if (text.empty()) return;
  if (is_cut(text)) to.cut_off = true;
  if (!text.starts_with('{')) {
    to.values.emplace_back(text);
    return;
  }
  text.remove_prefix(1);
  if (text.ends_with('}')) text.remove_suffix(1);
  for (auto part : split(text, ',')) {
    part = trim(part);
    if (is_cut(part)) {
      to.cut_off = true;
      part = part.substr(0, part.find(part.ends_with("...") ? "..." : ellipsis));
    }
    if (!part.empty()) to.values.emplace_back(part);
  }
}

struct Line {
  std::string_view text;
  std::size_t offset = 0;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  std::size_t offset = 0;
  for (const auto line : split(text, '\n')) {
    lines.push_back({without_return(line), offset});
    offset += line.size() + 1;
  }
  return lines;
}

// `Name     : value`; nothing in front of the name.
struct Entry {
  std::string_view name;
  std::string_view value;
};
std::optional<Entry> entry_of(std::string_view line) {
  if (line.empty() || !is_letter(line.front())) return std::nullopt;
  const auto end = std::find_if_not(line.begin(), line.end(), is_of_name);
  const auto name = line.substr(0, static_cast<std::size_t>(end - line.begin()));
  const auto rest = line.substr(name.size());
  const auto colon = rest.find_first_not_of(' ');
  if (colon == std::string_view::npos || rest[colon] != ':') return std::nullopt;
  const auto value = rest.substr(colon + 1);
  if (!value.empty() && value.front() != ' ') return std::nullopt;
  return Entry{name, value};
}

// The line of dashes below the names of a table's columns.
bool is_ruler(std::string_view line) {
  return line.starts_with("--") && line.find_first_not_of("- \t") == std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(const ExportText& text) : text_(text), lines_(lines_of(text.text())) {
    is_double_spaced_ = double_spaced();
  }

  std::vector<Record> run() {
    for (at_ = 0; at_ < lines_.size(); ++at_) {
      const auto& line = lines_[at_];
      if (trim(line.text).empty()) {
        blank();
      } else if (at_ + 1 < lines_.size() && is_ruler(lines_[at_ + 1].text)) {
        finish();
        table();
      } else if (const auto entry = entry_of(line.text)) {
        add(*entry);
      } else if (line.text.front() == ' ' && !value_.empty()) {
        go_on(line.text);
      } else {
        finish();
      }
    }
    finish();
    return std::move(records_);
  }

 private:
  // Some programs put an empty line behind every one: an empty line then ends nothing.
  bool double_spaced() const {
    std::size_t entries = 0;
    std::size_t lonely = 0;
    for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
      if (!entry_of(lines_[i].text)) continue;
      ++entries;
      if (trim(lines_[i + 1].text).empty()) ++lonely;
    }
    return entries >= 4 && lonely * 10 >= entries * 9;
  }

  void blank() {
    ++blanks_;
    const std::size_t ends = is_double_spaced_ ? 3 : 1;
    if (blanks_ >= ends) finish();
  }

  void add(const Entry& entry) {
    end_value();
    blanks_ = 0;
    const auto key = to_lower(entry.name);
    if (record_.has(key)) finish();
    const auto where = text_.place(lines_[at_].offset);
    if (record_.properties.empty()) record_.where = where;
    pending_.name = std::string(entry.name);
    pending_.where = where;
    value_ = entry.value.empty() ? " " : std::string(entry.value);
  }

  // The console breaks long values: behind a comma there was a space, within a list else nothing.
  void go_on(std::string_view line) {
    blanks_ = 0;
    const bool is_list = trim(value_).starts_with('{');
    const bool joins = is_list && !trim(value_).ends_with(',');
    value_ = std::string(trim(value_)) + (joins ? "" : " ") + std::string(trim(line));
  }

  void end_value() {
    if (pending_.name.empty()) return;
    take_value(value_, pending_);
    record_.add(std::move(pending_));
    pending_ = {};
    value_.clear();
  }

  void finish() {
    end_value();
    if (!record_.properties.empty()) records_.push_back(std::move(record_));
    record_ = {};
    blanks_ = 0;
  }

  // Columns begin where the dashes begin.
  void table() {
    const auto head = lines_[at_].text;
    const auto ruler = lines_[at_ + 1].text;
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < ruler.size(); ++i) {
      if (ruler[i] == '-' && (i == 0 || ruler[i - 1] != '-')) starts.push_back(i);
    }
    const auto cell = [&](std::string_view line, std::size_t column) {
      if (starts[column] >= line.size()) return std::string_view{};
      const auto next = column + 1 < starts.size() ? starts[column + 1] : std::string_view::npos;
      return trim(line.substr(starts[column], next - starts[column]));
    };
    for (at_ += 2; at_ < lines_.size() && !trim(lines_[at_].text).empty(); ++at_) {
      Record row;
      row.where = text_.place(lines_[at_].offset);
      for (std::size_t i = 0; i < starts.size(); ++i) {
        Property property{std::string(cell(head, i)), {}, false, row.where};
        take_value(cell(lines_[at_].text, i), property);
        row.add(std::move(property));
      }
      records_.push_back(std::move(row));
    }
  }

  const ExportText& text_;
  std::vector<Line> lines_;
  bool is_double_spaced_ = false;
  std::size_t at_ = 0;
  std::size_t blanks_ = 0;
  Record record_;
  Property pending_;
  std::string value_;
  std::vector<Record> records_;
};

}  // namespace

std::vector<Record> parse_list(const ExportText& text) { return Reader(text).run(); }

}  // namespace relayproof::exchange
