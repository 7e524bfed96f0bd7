#include "dialects/postfix/remedies_text.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postfix/table_lines.h"
#include "dialects/postfix/table_name.h"

namespace relayproof::postfix {
namespace {

using dialects::TextEdit;

std::size_t end_of_line(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

const SourceTexts::File* SourceTexts::open(const std::string& file) {
  auto [place, is_new] = opened_.try_emplace(file);
  if (is_new) {
    if (auto text = files_.read(file)) {
      place->second.text = *text;
      for (std::size_t at = 0; at < (*text)->size(); at = end_of_line(**text, at)) {
        place->second.lines.push_back(at);
      }
    }
  }
  return place->second.text == nullptr ? nullptr : &place->second;
}

const std::string* SourceTexts::find(const std::string& file) {
  const auto* opened = open(file);
  return opened == nullptr ? nullptr : opened->text.get();
}

std::optional<std::size_t> SourceTexts::offset(const SourceRange& where) {
  const auto* opened = open(where.file);
  if (opened == nullptr || where.line == 0 || where.line > opened->lines.size()) return {};
  const auto at = opened->lines[where.line - 1] + std::max<std::size_t>(where.column, 1) - 1;
  if (at > opened->text->size()) return {};
  return at;
}

std::optional<ListEditor> ListEditor::of(SourceTexts& texts, const Setting& setting,
                                         const Version& version) {
  if (setting.is_default()) return {};
  const auto* bytes = texts.find(setting.declared.file);
  const auto declared = texts.offset(setting.declared);
  if (bytes == nullptr || !declared) return {};
  ListEditor editor;
  editor.file_ = setting.declared.file;
  editor.bytes_ = *bytes;
  editor.setting_ = setting;
  editor.declared_ = *declared;
  editor.is_override_ = setting.provenance == Provenance::master_cf;
  auto before = *declared;
  while (before > 0 && is_blank((*bytes)[before - 1])) --before;
  editor.is_braced_ = editor.is_override_ && before > 0 && (*bytes)[before - 1] == '{';
  for (const auto& line : setting.lines) {
    const auto at = texts.offset(line.where);
    if (!at) return {};
    editor.parts_.push_back(*at);
  }
  if (setting.text.empty()) {
    const auto equals = bytes->find('=', *declared);
    if (equals == std::string::npos) return {};
    editor.value_ = editor.value_end_ = equals + 1;
    return editor;
  }
  if (editor.parts_.empty()) return {};
  editor.value_ = editor.raw(0);
  editor.value_end_ = editor.raw(setting.text.size() - 1) + 1;
  if (editor.value_end_ > bytes->size()) return {};
  editor.find_words(version);
  return editor;
}

void ListEditor::find_words(const Version& version) {
  for (const auto& word : list_words(setting_.text, version)) {
    words_.push_back({std::string(word.text), word.offset, raw(word.offset),
                      raw(word.offset + word.text.size() - 1) + 1});
  }
}

std::size_t ListEditor::raw(std::size_t offset) const {
  std::size_t part = 0;
  while (part + 1 < setting_.lines.size() && setting_.lines[part + 1].offset <= offset) ++part;
  return parts_[part] + (offset - setting_.lines[part].offset);
}

std::optional<std::size_t> ListEditor::word_at(std::size_t offset) const {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (offset >= words_[i].offset && offset < words_[i].offset + words_[i].text.size()) return i;
  }
  return {};
}

std::size_t ListEditor::line_begin(std::size_t at) const {
  const auto newline = at == 0 ? std::string::npos : bytes_.rfind('\n', at - 1);
  return newline == std::string::npos ? 0 : newline + 1;
}

std::size_t ListEditor::line_end(std::size_t at) const { return end_of_line(bytes_, at); }

TextEdit ListEditor::edit(std::size_t begin, std::size_t end, std::string_view text) const {
  return {file_, begin, end - begin, std::string(text)};
}

// Nothing but blanks in front of it, in a line that only continues.
bool ListEditor::starts_line(const Word& word) const {
  const auto begin = line_begin(word.begin);
  return begin > declared_ &&
         trim_blanks(std::string_view(bytes_).substr(begin, word.begin - begin)).empty();
}

bool ListEditor::is_alone(std::size_t first, std::size_t last) const {
  if (!starts_line(words_[first]) || (is_override_ && !is_braced_)) return false;
  const auto end = line_end(words_[last].end - 1);
  auto rest = std::string_view(bytes_).substr(words_[last].end, end - words_[last].end);
  return rest.find_first_not_of(", \t\r\n") == std::string_view::npos;
}

// Words that stand in one line, next to each other.
TextEdit ListEditor::remove_group(std::size_t first, std::size_t last) const {
  const auto& front = words_[first];
  const auto& back = words_[last];
  const auto begin = line_begin(front.begin);
  const auto end = line_end(back.end - 1);
  if (is_alone(first, last)) return edit(begin, end, "");
  const bool more_behind = last + 1 < words_.size() && words_[last + 1].begin < end;
  if (more_behind) return edit(front.begin, words_[last + 1].begin, "");
  const bool more_before = first > 0 && words_[first - 1].begin >= begin;
  if (more_before) return edit(words_[first - 1].end, back.end, "");
  // The only ones in the line of the name: its separators go, too.
  auto stop = back.end;
  while (stop < end && (bytes_[stop] == ',' || bytes_[stop] == ' ' || bytes_[stop] == '\t')) ++stop;
  if (is_override_) stop = back.end;
  auto start = front.begin;
  while (!is_override_ && start > begin && (bytes_[start - 1] == ' ')) --start;
  return edit(start, stop, "");
}

Edits ListEditor::remove(const std::vector<std::size_t>& indices) const {
  auto sorted = indices;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  Edits edits;
  for (std::size_t i = 0; i < sorted.size();) {
    auto k = i;
    const auto end = line_end(words_[sorted[i]].end - 1);
    while (k + 1 < sorted.size() && sorted[k + 1] == sorted[k] + 1 &&
           words_[sorted[k + 1]].begin < end) {
      ++k;
    }
    edits.push_back(remove_group(sorted[i], sorted[k]));
    i = k + 1;
  }
  return edits;
}

Edits ListEditor::replace(std::size_t index, std::string_view text) const {
  return {edit(words_[index].begin, words_[index].end, joined(text))};
}

std::string ListEditor::joined(std::string_view text) const {
  bool commas = setting_.name.ends_with("_restrictions");
  if (words_.size() > 1) {
    const auto between = std::string_view(setting_.text)
                             .substr(words_[0].offset + words_[0].text.size(),
                                     words_[1].offset - words_[0].offset - words_[0].text.size());
    commas = between.find(',') != std::string_view::npos;
  }
  const std::string_view separator = is_override_ && !is_braced_ ? "," : commas ? ", " : " ";
  std::string result;
  for (const auto word : relayproof::words(text)) {
    if (!result.empty()) result += separator;
    result += word;
  }
  return result;
}

Edits ListEditor::insert_before(std::size_t index, std::string_view text) const {
  const auto& word = words_[index];
  const auto pair = joined("x y");
  const auto separator = pair.substr(1, pair.size() - 2);
  if (!starts_line(word)) return {edit(word.begin, word.begin, joined(text) + separator)};
  const auto begin = line_begin(word.begin);
  const auto indentation = bytes_.substr(begin, word.begin - begin);
  return {edit(word.begin, word.begin,
               joined(text) + std::string(trim(separator)) + "\n" + indentation)};
}

Edits ListEditor::append(std::string_view text) const {
  if (words_.empty()) return set(text);
  const auto& word = words_.back();
  const auto pair = joined("x y");
  const auto separator = pair.substr(1, pair.size() - 2);
  auto end = word.end;
  std::string lead(separator);
  if (end < bytes_.size() && bytes_[end] == ',') {  // `a, b,`
    ++end;
    lead = is_override_ ? "" : " ";
  }
  if (!starts_line(word)) return {edit(end, end, lead + joined(text))};
  const auto begin = line_begin(word.begin);
  const auto indentation = bytes_.substr(begin, word.begin - begin);
  return {edit(end, end, std::string(trim(lead)) + "\n" + indentation + joined(text))};
}

Edits ListEditor::set(std::string_view text) const {
  const auto value = joined(text);
  if (setting_.text.empty()) {
    return {edit(value_, value_, is_override_ && !is_braced_ ? value : " " + value)};
  }
  Edits edits;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto size =
        (i + 1 < parts_.size() ? setting_.lines[i + 1].offset : setting_.text.size()) -
        setting_.lines[i].offset;
    const auto begin = parts_[i];
    if (i == 0) {
      // The newline of the first part stays where the parts behind it go.
      edits.push_back(edit(begin, begin + size, value));
    } else {
      const bool whole = !is_override_;
      edits.push_back(whole ? edit(line_begin(begin), line_end(begin), "")
                            : edit(begin, begin + size, ""));
    }
  }
  return edits;
}

std::optional<Edits> ListEditor::remove_setting() const {
  if (is_override_) return remove_override();
  Edits edits{edit(line_begin(declared_), line_end(declared_), "")};
  for (const auto part : parts_) {
    if (line_begin(part) != line_begin(declared_)) {
      edits.push_back(edit(line_begin(part), line_end(part), ""));
    }
  }
  return edits;
}

std::optional<Edits> ListEditor::remove_override() const {
  const auto is_space = [&](std::size_t at) { return bytes_[at] == ' ' || bytes_[at] == '\t'; };
  auto begin = declared_;
  const auto back_over_blanks = [&] {
    while (begin > 0 && is_space(begin - 1)) --begin;
  };
  auto end = value_end_;
  back_over_blanks();
  if (is_braced_) {
    --begin;
    back_over_blanks();
    end = bytes_.find('}', end);
    if (end == std::string::npos) return {};
    ++end;
  }
  if (begin < 2 || bytes_.compare(begin - 2, 2, "-o") != 0) return {};
  begin -= 2;
  if (bytes_.find('\n', begin) < end) return {};
  const auto first = line_begin(begin);
  const auto last = line_end(end);
  const std::string_view text = bytes_;
  const bool alone = trim_blanks(text.substr(first, begin - first)).empty() &&
                     trim_blanks(text.substr(end, last - end)).empty();
  if (alone) return Edits{edit(first, last, "")};
  back_over_blanks();
  return Edits{edit(begin, end, "")};
}

Edits insert_setting(SourceTexts& texts, const Config& config, std::string_view name,
                     std::string_view value, const std::vector<std::string_view>& behind) {
  const auto* bytes = texts.find(config.main_cf());
  if (bytes == nullptr) return {};
  SettingPtr last;
  for (const auto& setting : config.settings()) {
    const bool listed = std::find(behind.begin(), behind.end(), setting->name) != behind.end();
    if (listed) last = setting;
  }
  auto at = bytes->size();
  if (last != nullptr) {
    auto where = last->lines.empty() ? last->declared : last->lines.back().where;
    if (const auto found = texts.offset(where)) at = end_of_line(*bytes, *found);
  }
  const bool broken = at > 0 && (*bytes)[at - 1] != '\n';
  auto line = std::string(name) + " = " + std::string(value);
  return {{config.main_cf(), at, 0, broken ? "\n" + line : line + "\n"}};
}

std::optional<Edits> remove_line(SourceTexts& texts, const SourceRange& where) {
  const auto* bytes = texts.find(where.file);
  const auto at = texts.offset({where.file, where.line, 1});
  if (bytes == nullptr || !at) return {};
  Edits edits{{where.file, *at, end_of_line(*bytes, *at) - *at, ""}};
  // A line that begins with a blank continues the one before, also across comments.
  for (auto next = end_of_line(*bytes, *at); next < bytes->size();) {
    const auto end = end_of_line(*bytes, next);
    const auto line = std::string_view(*bytes).substr(next, end - next);
    const auto words = trim_blanks(line);
    const bool comment = words.empty() || words.front() == '#';
    if (!comment && !is_blank(line.front())) break;
    if (!comment) edits.push_back({where.file, next, end - next, ""});
    next = end;
  }
  return edits;
}

}  // namespace relayproof::postfix
