#include "dialects/exim/source_text.h"

#include <algorithm>

#include "base/text.h"

namespace relayproof::exim {

const std::string* SourceText::content(const std::string& file) {
  auto& known = known_[file];
  if (!known) {
    const auto read = files_.read(file);
    if (!read) return nullptr;
    known = *read;
  }
  return known.get();
}

std::optional<Stretch> SourceText::line(const SourceRange& where) {
  const auto* text = content(where.file);
  if (text == nullptr || where.line == 0) return std::nullopt;
  std::size_t begin = 0;
  for (std::size_t number = 1; number < where.line; ++number) {
    begin = text->find('\n', begin);
    if (begin == std::string::npos) return std::nullopt;
    ++begin;
  }
  auto end = begin;
  while (end < text->size()) {
    const auto newline = text->find('\n', end);
    const auto last = newline == std::string::npos ? text->size() : newline;
    const auto one = trim(std::string_view(*text).substr(end, last - end));
    end = newline == std::string::npos ? last : newline + 1;
    // A comment does not end a line that goes on.
    if (!one.ends_with('\\') && !one.starts_with('#')) break;
  }
  return Stretch{where.file, begin, end};
}

std::optional<Stretch> SourceText::statement(const Statement& statement) {
  auto whole = line(statement.line.where);
  if (!whole) return std::nullopt;
  for (const auto& item : statement.items) {
    const auto one = line(item.line.where);
    if (!one || one->file != whole->file) return std::nullopt;
    whole->end = std::max(whole->end, one->end);
  }
  return whole;
}

std::string SourceText::text(const Stretch& stretch) {
  const auto* text = content(stretch.file);
  return text == nullptr ? "" : text->substr(stretch.begin, stretch.end - stretch.begin);
}

std::string SourceText::indent(const Stretch& stretch) {
  const auto whole = text(stretch);
  return whole.substr(0, std::min(whole.find_first_not_of(" \t"), whole.size()));
}

}  // namespace relayproof::exim
