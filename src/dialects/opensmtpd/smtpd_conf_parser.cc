#include "dialects/opensmtpd/smtpd_conf_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/keywords.h"
#include "dialects/opensmtpd/table_file.h"

namespace relayproof::opensmtpd {
namespace {

// Statements that say nothing about who may send what to whom.
constexpr std::array<std::string_view, 8> irrelevant_words = {
    "admd", "bounce", "ca", "mda", "mta", "proc", "queue", "scheduler"};
constexpr std::array<std::string_view, 7> irrelevant_old_words = {
    "bounce-warn", "ca", "ciphers", "limit", "max-message-size", "max-mta-deferred", "queue"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// How a word reads in a line that is shown.
void append(std::string& line, const Token& token) {
  const bool closes = token.is_sign('>') || token.is_sign(',');
  const bool follows = !line.empty() && (line.back() == '<' || line.back() == '!');
  if (!line.empty() && !closes && !follows) line += ' ';
  line += token.quoted ? '"' + token.text + '"' : token.text;
}

}  // namespace

Parser::Parser(const FileSystem& files, Config& config, std::shared_ptr<const std::string> text)
    : files_(files), config_(config), lexer_(config.main, std::move(text)) {}

void Parser::run() {
  token_ = lexer_.next();
  while (token_.kind != Token::Kind::end && !lexer_.ran_away()) statement();
  if (lexer_.ran_away()) complain(token_.where, "too many macros");
  if (config_.rules.empty() && config_.problems.empty()) {
    complain({config_.main, 0, 0}, "no rules, nothing to do");
  }
}

void Parser::advance() {
  if (token_.kind != Token::Kind::newline) append(place_.text, token_);
  token_ = lexer_.next();
}

bool Parser::at_end() const {
  return token_.kind == Token::Kind::newline || token_.kind == Token::Kind::end;
}

bool Parser::take(std::string_view word) {
  if (!at(word)) return false;
  advance();
  return true;
}

bool Parser::take(char sign) {
  if (!at(sign)) return false;
  advance();
  return true;
}

bool Parser::at_text() const {
  if (token_.kind != Token::Kind::text) return false;
  return token_.quoted || !is_keyword(token_.text, config_.grammar);
}

std::optional<std::string> Parser::text() {
  if (!at_text()) {
    fail();
    return std::nullopt;
  }
  auto text = token_.text;
  advance();
  return text;
}

bool Parser::at_table() const { return at('<') || at('{') || at_text(); }

std::optional<TableId> Parser::find_table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? std::nullopt : std::optional(found->second);
}

TableId Parser::add_table(Table table) {
  const auto id = config_.tables.size();
  if (!table.name.empty()) tables_.emplace(table.name, id);
  config_.tables.push_back(std::move(table));
  return id;
}

std::optional<TableId> Parser::table() {
  const auto where = token_.where;
  if (take('<')) {
    const auto name = text();
    if (!name || (!take('>') && !fail())) return std::nullopt;
    const auto found = find_table(*name);
    if (!found) fail_at(where, "no such table: " + *name);
    return found;
  }
  Table table;
  table.backend = "static";
  table.place = {where, place_.text};
  const auto id = add_table(std::move(table));
  if (at('{')) return rows_in_braces(id) ? std::optional(id) : std::nullopt;
  const auto line = static_cast<std::uint32_t>(where.line);
  const auto value = text();
  if (!value) return std::nullopt;
  add_row(config_.tables[id], *value, std::nullopt, line);
  return id;
}

bool Parser::rows_in_braces(TableId id) {
  if (!take('{')) return fail();
  while (token_.kind == Token::Kind::newline) advance();
  for (;;) {
    const auto line = static_cast<std::uint32_t>(token_.where.line);
    const auto key = text();
    if (!key) return false;
    std::optional<std::string> value;
    if (at('=') || token_.kind == Token::Kind::arrow) {
      advance();
      value = text();
      if (!value) return false;
    }
    if (!add_row(config_.tables[id], *key, value, line)) return fail();
    take(',');
    while (token_.kind == Token::Kind::newline) advance();
    if (take('}')) return true;
  }
}

bool Parser::names_in_braces(std::vector<std::string>& names) {
  if (!take('{')) return fail();
  for (;;) {
    while (token_.kind == Token::Kind::newline) advance();
    auto name = text();
    if (!name) return false;
    if (!filters.contains(*name)) return fail("no filter exist with that name: " + *name);
    names.push_back(std::move(*name));
    take(',');
    while (token_.kind == Token::Kind::newline) advance();
    if (take('}')) return true;
  }
}

bool Parser::skip_to_end() {
  while (!at_end()) {
    if (token_.kind == Token::Kind::broken) return fail();
    advance();
  }
  return true;
}

bool Parser::fail(std::string says) {
  if (token_.kind == Token::Kind::broken) says = token_.text;
  return fail_at(token_.where, std::move(says));
}

bool Parser::fail_at(const SourceRange& where, std::string says) {
  if (!failed_) complain(where, std::move(says));
  failed_ = true;
  return false;
}

void Parser::complain(const SourceRange& where, std::string says) {
  config_.problems.push_back({where, std::move(says)});
}

void Parser::statement() {
  if (token_.kind == Token::Kind::newline) return advance();
  place_ = {token_.where, {}};
  failed_ = false;
  const bool irrelevant = is_one_of(irrelevant_words, token_.text) ||
                          is_one_of(irrelevant_old_words, token_.text) || at("pki") || at("smtp") ||
                          at("srs");
  bool good = dispatch();
  if (good && !at_end()) good = fail();
  finish(good, irrelevant);
}

void Parser::finish(bool good, bool irrelevant) {
  // A line that was broken off is shown as a whole.
  const bool was_cut = token_.kind == Token::Kind::broken;
  if (!was_cut) {
    while (!at_end() && token_.kind != Token::Kind::broken) advance();
  }
  Statement statement{
      place_, irrelevant ? Statement::How::irrelevant : Statement::How::understood, {}};
  if (!good) {
    statement.how = Statement::How::broken;
    if (!config_.problems.empty()) statement.why = config_.problems.back().says;
  }
  config_.statements.push_back(std::move(statement));
  if (token_.kind == Token::Kind::broken) token_ = lexer_.next();
}

bool Parser::macro() {
  const auto name = text();
  if (!name) return false;
  if (!take('=')) return fail();
  auto value = text();
  if (!value) return false;
  if (name->find_first_of(" \t") != std::string::npos) {
    return fail("macro name cannot contain whitespace");
  }
  if (!at_end()) return fail();
  lexer_.define(*name, std::move(*value));
  return true;
}

bool Parser::include() {
  const auto where = token_.where;
  const auto name = text();
  if (!name) return false;
  if (!at_end()) return fail();
  const auto path = path_in(config_.folder, *name);
  const auto content = files_.read(path);
  if (!content || !lexer_.include(path, *content)) {
    return fail_at(where, "failed to include file " + *name);
  }
  config_.files.push_back(path);
  return true;
}

bool Parser::table_statement() {
  const auto where = token_.where;
  const auto name = text();
  if (!name) return false;
  if (find_table(*name)) return fail_at(where, "table \"" + *name + "\" already defined");
  Table table;
  table.name = *name;
  table.place = place_;
  if (at('{')) {
    table.backend = "static";
    const auto id = add_table(std::move(table));
    const bool good = rows_in_braces(id);
    config_.tables[id].place.text = place_.text;
    return good;
  }
  const auto source = text();
  if (!source) return false;
  table.place.text = place_.text;
  const auto colon = source->find(':');
  const bool bare = source->starts_with('/');
  table.backend = bare ? "file" : source->substr(0, colon);
  const auto path = bare ? *source : colon == std::string::npos ? "" : source->substr(colon + 1);
  if (!path.empty() && !path.starts_with('/')) {
    return fail_at(where, "invalid backend parameter for table: " + *name);
  }
  const auto id = add_table(std::move(table));
  open_table(id, path);
  return true;
}

void Parser::open_table(TableId id, const std::string& path) {
  auto& table = config_.tables[id];
  const auto opened = read_table_file(files_, config_.folder, path, table);
  if (opened.complains) complain(table.place.where, *opened.complains);
  if (!table.file.empty()) config_.files.push_back(table.file);
}

bool Parser::dispatch() {
  using Parse = bool (*)(Parser&);
  static const std::map<std::string_view, Parse> of_match = {{"action", parse_action},
                                                             {"filter", parse_filter},
                                                             {"listen", parse_listen},
                                                             {"match", parse_match}};
  static const std::map<std::string_view, Parse> of_accept = {
      {"accept", parse_accept}, {"listen", parse_listen}, {"reject", parse_old_reject}};
  if (token_.kind != Token::Kind::text) return fail();
  // 5.7 to 5.9 only: `curve "secp384r1"`.
  if (config_.is_old() && at("curve")) {
    advance();
    return text().has_value();
  }
  if (at_text()) return macro();
  const std::string word = token_.text;
  advance();
  if (word == "include") return include();
  if (word == "table") return table_statement();
  const auto& statements = config_.is_old() ? of_accept : of_match;
  if (const auto found = statements.find(word); found != statements.end()) {
    return found->second(*this);
  }
  return parse_setting(
      *this, word,
      config_.is_old() ? is_one_of(irrelevant_old_words, word) : is_one_of(irrelevant_words, word));
}

}  // namespace relayproof::opensmtpd
