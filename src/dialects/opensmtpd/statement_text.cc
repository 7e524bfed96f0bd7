#include "dialects/opensmtpd/statement_text.h"

#include <algorithm>

namespace relayproof::opensmtpd {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Behind the closing sign, or the end of the text.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  while (at < text.size() && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

std::size_t behind_braces(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '}') {
    if (text[at] == '"' || text[at] == '\'') {
      at = behind_quotes(text, at);
    } else if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else {
      ++at;
    }
  }
  return std::min(at + 1, text.size());
}

std::size_t behind_bare_word(std::string_view text, std::size_t at) {
  constexpr std::string_view ends = " \t\r\n(){}<>!=#,\"'";
  do {
    at += text[at] == '\\' ? 2 : 1;
  } while (at < text.size() && ends.find(text[at]) == std::string_view::npos);
  return std::min(at, text.size());
}

std::size_t behind_word(std::string_view text, std::size_t at) {
  switch (text[at]) {
    case '"':
    case '\'':
      return behind_quotes(text, at);
    case '{':
      return behind_braces(text, at);
    case '<':
      return std::min(text.find('>', at), text.size() - 1) + 1;
    case '!':
    case ',':
      return at + 1;
    default:
      return behind_bare_word(text, at);
  }
}

std::size_t offset_of(std::string_view text, const SourceRange& where) {
  std::size_t begin = 0;
  for (std::size_t line = 1; line < where.line; ++line) {
    begin = text.find('\n', begin);
    if (begin == std::string_view::npos) return text.size();
    ++begin;
  }
  return std::min(begin + (where.column > 0 ? where.column - 1 : 0), text.size());
}

std::size_t lines_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

std::vector<Word> StatementText::words_from(std::string_view text, std::size_t begin) {
  std::vector<Word> words;
  for (auto at = begin; at < text.size();) {
    if (text.substr(at).starts_with("\\\n")) {
      at += 2;
    } else if (is_blank(text[at])) {
      ++at;
    } else if (text[at] == '\n' || text[at] == '#' || text[at] == '}') {
      break;
    } else {
      const auto end = behind_word(text, at);
      words.push_back({at, end});
      at = end;
    }
  }
  return words;
}

std::optional<StatementText> StatementText::at(const FileSystem& files, const SourceRange& where) {
  const auto content = files.read(where.file);
  if (!content || where.line == 0) return std::nullopt;
  StatementText statement;
  statement.file_ = where.file;
  statement.text_ = *content;
  const std::string_view text = **content;
  statement.words_ = words_from(text, offset_of(text, where));
  if (statement.words_.empty()) return std::nullopt;
  const auto begin = statement.begin();
  statement.first_line_ = where.line;
  statement.last_line_ = where.line + lines_in(text.substr(begin, statement.end() - begin));
  return statement;
}

std::string_view StatementText::word(std::size_t index) const {
  if (index >= words_.size()) return {};
  const auto& word = words_[index];
  return std::string_view(*text_).substr(word.begin, word.end - word.begin);
}

std::size_t StatementText::end_of_line() const {
  const auto newline = text_->find('\n', end());
  return newline == std::string::npos ? text_->size() : newline + 1;
}

std::string StatementText::indent() const {
  auto from = begin();
  while (from > 0 && is_blank((*text_)[from - 1])) --from;
  return text_->substr(from, begin() - from);
}

std::optional<std::size_t> StatementText::find(std::string_view word) const {
  for (std::size_t i = 1; i < words_.size(); ++i) {
    if (this->word(i) == word) return i;
  }
  return std::nullopt;
}

std::string StatementText::with(std::size_t from, std::size_t to, std::string_view text) const {
  const auto first = from < words_.size() ? words_[from].begin : end();
  const auto last = to > from ? words_[std::min(to, words_.size()) - 1].end : first;
  auto made = text_->substr(begin(), first - begin()) + std::string(text);
  // Nothing in place of words takes the blank with it.
  auto rest = std::string_view(*text_).substr(last, end() - last);
  if (text.empty() && !rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  while (text.empty() && rest.empty() && !made.empty() && is_blank(made.back())) made.pop_back();
  if (to == from && !text.empty()) made += ' ';
  return made + std::string(rest);
}

}  // namespace relayproof::opensmtpd
