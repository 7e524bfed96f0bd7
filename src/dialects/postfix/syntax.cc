#include "dialects/postfix/syntax.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

constexpr std::size_t shown = 60;  // bytes of a line that an error quotes

// The physical line that starts at `begin`, and where the next one starts.
struct Physical {
  std::string_view text;
  std::size_t next;
};

Physical physical_line(std::string_view bytes, std::size_t begin) {
  const std::size_t end = bytes.find('\n', begin);
  if (end == std::string_view::npos) return {bytes.substr(begin), bytes.size()};
  return {bytes.substr(begin, end - begin), end + 1};
}

bool is_comment_or_empty(std::string_view line) {
  const auto first = std::find_if_not(line.begin(), line.end(), is_blank);
  return first == line.end() || *first == '#';
}

// Text that C strings cannot hold is text that Postfix does not read.
void cut_at_null(LogicalLine& line) {
  const std::size_t null = line.text.find('\0');
  if (null == std::string::npos) return;
  line.has_null = true;
  line.text.resize(null);
  while (line.lines.size() > 1 && line.lines.back().offset > null) line.lines.pop_back();
}

std::size_t skip_blanks(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end && is_blank(text[at])) ++at;
  return at;
}

std::string quoted(std::string_view text) { return '"' + escape_foreign(text, shown) + '"'; }

void note_repetition(const SettingPtr& setting, std::map<std::string, SettingPtr>& last,
                     std::vector<Problem>& problems) {
  SettingPtr& before = last[setting->name];
  if (before != nullptr && before->text != setting->text) {
    problems.push_back({Problem::Kind::warning, setting->declared,
                        escape_foreign(setting->name, shown) + " was set before, in line " +
                            std::to_string(before->declared.line) + ": that line has no effect"});
  }
  before = setting;
}

}  // namespace

SourceRange place_at(const std::vector<Setting::Line>& lines, std::size_t offset) {
  auto after = std::upper_bound(lines.begin(), lines.end(), offset,
                                [](std::size_t at, const auto& line) { return at < line.offset; });
  if (after == lines.begin()) return lines.empty() ? SourceRange{} : lines.front().where;
  const Setting::Line& line = *std::prev(after);
  SourceRange where = line.where;
  where.column += offset - line.offset;
  return where;
}

SourceRange LogicalLine::locate(std::size_t offset) const { return place_at(lines, offset); }

std::vector<Setting::Line> slice(const std::vector<Setting::Line>& lines, std::size_t begin,
                                 std::size_t end) {
  std::vector<Setting::Line> part{{0, place_at(lines, begin)}};
  for (const Setting::Line& line : lines) {
    if (line.offset > begin && line.offset < end) part.push_back({line.offset - begin, line.where});
  }
  return part;
}

std::vector<LogicalLine> logical_lines(std::string_view bytes, const std::string& file) {
  std::vector<LogicalLine> found;
  LogicalLine current;
  const auto finish = [&] {
    if (current.lines.empty()) return;
    cut_at_null(current);
    found.push_back(std::exchange(current, {}));
  };
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const auto [text, next] = physical_line(bytes, begin);
    ++number;
    // Only a line that begins with something else than a blank or a comment ends the one before.
    if (!text.empty() && !is_blank(text.front()) && text.front() != '#') finish();
    if (!is_comment_or_empty(text)) {
      current.lines.push_back({current.text.size(), {file, number, 1}});
      current.text += text;
    }
    begin = next;
  }
  finish();
  return found;
}

NameValue name_value(const LogicalLine& line, std::size_t begin, std::size_t end,
                     Provenance provenance) {
  const std::string_view text = line.text;
  const std::size_t name = skip_blanks(text, begin, end);
  if (name == end || text[name] == '=') return {nullptr, "missing attribute name"};
  std::size_t name_end = name;
  while (name_end < end && !is_blank(text[name_end]) && text[name_end] != '=') ++name_end;
  const std::size_t equals = skip_blanks(text, name_end, end);
  if (equals == end || text[equals] != '=') return {nullptr, "missing '=' after attribute name"};
  const std::size_t value = skip_blanks(text, equals + 1, end);
  while (end > value && is_blank(text[end - 1])) --end;

  auto setting = std::make_shared<Setting>();
  setting->name = text.substr(name, name_end - name);
  setting->text = text.substr(value, end - value);
  setting->provenance = provenance;
  setting->declared = line.locate(name);
  setting->where = value == end ? setting->declared : line.locate(value);
  if (value < end) setting->lines = slice(line.lines, value, end);
  return {std::move(setting), {}};
}

MainCf parse_main_cf(std::string_view bytes, const std::string& file) {
  MainCf result;
  std::map<std::string, SettingPtr> last;
  for (LogicalLine& line : logical_lines(bytes, file)) {
    const SourceRange where = line.locate(0);
    if (line.has_null) {
      result.problems.push_back({Problem::Kind::warning, line.locate(line.text.size()),
                                 "a null byte: Postfix does not read what follows in this line"});
    }
    if (line.is_ignored()) {
      result.problems.push_back(
          {Problem::Kind::warning, where,
           "begins with a blank but continues no line: Postfix ignores " + quoted(line.text)});
      result.not_read.push_back(std::move(line));
      continue;
    }
    NameValue parsed = name_value(line, 0, line.text.size(), Provenance::main_cf);
    if (parsed.setting == nullptr) {
      result.problems.push_back(
          {Problem::Kind::fatal, where, parsed.refused + ": " + quoted(line.text)});
      result.not_read.push_back(std::move(line));
      continue;
    }
    note_repetition(parsed.setting, last, result.problems);
    result.settings.push_back(std::move(parsed.setting));
  }
  return result;
}

}  // namespace relayproof::postfix
