#include "dialects/opensmtpd/remedy_parts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "mail/domain.h"

namespace relayproof::opensmtpd {
namespace {

// What may follow the clause, in either grammar.
constexpr std::array<std::string_view, 18> next_words = {
    "!",      "for",           "tag",    "helo",    "mail-from", "rcpt-to",
    "auth",   "tls",           "reject", "action",  "sender",    "recipient",
    "tagged", "authenticated", "alias",  "virtual", "deliver",   "relay"};

bool is_next(std::string_view word) {
  return std::find(next_words.begin(), next_words.end(), word) != next_words.end();
}

bool is_among(std::string_view word, const std::vector<Row>& rows) {
  if (word.size() > 1 && (word.front() == '"' || word.front() == '\'')) {
    word = word.substr(1, word.size() - 2);
  }
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.key == word; });
}

// `{ a, b }` without some of them; nullopt if none would be left.
std::optional<std::string> without(std::string_view braces, const std::vector<Row>& rows) {
  std::string kept;
  for (std::size_t at = 1; at < braces.size();) {
    const auto words = StatementText::words_from(braces, at);
    if (words.empty()) {  // the end of a line, or of all
      const auto newline = braces.find('\n', at);
      if (newline == std::string_view::npos) break;
      at = newline + 1;
      continue;
    }
    for (const auto& word : words) {
      const auto text = braces.substr(word.begin, word.end - word.begin);
      if (text == "," || is_among(text, rows)) continue;
      if (text.find('=') != std::string_view::npos) return std::nullopt;
      kept += (kept.empty() ? "" : ", ") + std::string(text);
    }
    at = words.back().end;
  }
  return kept.empty() ? std::nullopt : std::optional("{ " + kept + " }");
}

std::vector<dialects::TextEdit> without_lines(const FileSystem& files, const std::string& file,
                                              const std::vector<Row>& rows) {
  const auto content = files.read(file);
  if (!content) return {};
  std::vector<dialects::TextEdit> edits;
  std::size_t begin = 0;
  for (std::uint32_t number = 1; begin < (*content)->size(); ++number) {
    const auto newline = (*content)->find('\n', begin);
    const auto end = newline == std::string::npos ? (*content)->size() : newline + 1;
    const bool goes =
        std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.line == number; });
    if (goes) edits.push_back({file, begin, end - begin, ""});
    begin = end;
  }
  return edits;
}

}  // namespace

Clause from_clause(const StatementText& rule) {
  const auto from = rule.find("from");
  if (!from) return {1, 1};
  Clause clause{*from, *from + 1};
  if (rule.word(*from - 1) == "!") --clause.begin;
  const auto kind = rule.word(*from + 1);
  if (kind == "auth" || kind == "mail-from") return clause;
  // The old grammar has its `!` behind the word.
  if (kind == "!") ++clause.end;
  ++clause.end;
  while (clause.end < rule.words().size() && !is_next(rule.word(clause.end))) ++clause.end;
  return clause;
}

bool claims_others(std::string_view row) {
  const auto domain = row.substr(row.rfind('@') + 1);
  const auto star = domain.rfind('*');
  if (star == std::string_view::npos) return false;
  const auto behind = domain.substr(star + 1);
  return !behind.starts_with('.') || !mail::is_registrable_or_below(behind.substr(1));
}

dialects::TextEdit in_place(const StatementText& statement, std::string text) {
  return {statement.file(), statement.begin(), statement.end() - statement.begin(),
          std::move(text)};
}

dialects::TextEdit whole(const StatementText& statement, std::string text) {
  const auto begin = statement.begin() - statement.indent().size();
  return {statement.file(), begin, statement.end_of_line() - begin, std::move(text)};
}

std::vector<dialects::TextEdit> without_rows(const FileSystem& files, const Table& table,
                                             const std::vector<Row>& rows) {
  if (!table.file.empty()) {
    return table.backend == "file" ? without_lines(files, table.file, rows)
                                   : std::vector<dialects::TextEdit>();
  }
  const auto text = StatementText::at(files, table.place.where);
  if (!text) return {};
  for (std::size_t i = 0; i < text->words().size(); ++i) {
    const auto word = text->word(i);
    if (!word.starts_with('{')) continue;
    const auto made = without(word, rows);
    const auto& where = text->words()[i];
    if (!made) return {};
    return {{text->file(), where.begin, where.end - where.begin, *made}};
  }
  return {};
}

}  // namespace relayproof::opensmtpd
