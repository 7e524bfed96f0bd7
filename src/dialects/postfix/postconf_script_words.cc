#include "dialects/postfix/postconf_script_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace relayproof::postfix::shell {
namespace {

// Longest first.
constexpr std::array<std::string_view, 22> operations{
    "<<<", "<<-", "&>>", ";;&", "&&", "||", ";;", ";&", "|&", "&>", ">>",
    ">&",  ">|",  "<<",  "<&",  "<>", ">",  "<",  "&",  "|",  ";",  "("};

bool ends_word(char c) {
  return std::string_view(" \t\n;&|<>()").find(c) != std::string_view::npos;
}
bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, is_name_character);
}

std::optional<std::string_view> Word::plain() const {
  if (parts.size() != 1 || parts.front().kind != Part::Kind::text || parts.front().quoted) {
    return std::nullopt;
  }
  return parts.front().text;
}

void Lexer::fail(std::size_t at, std::string says) {
  if (!stopped_) stopped_ = Script::Stop{at, std::move(says)};
}

char Lexer::peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() && !stopped_ ? text_[at_ + ahead] : '\0';
}

// Blanks, comments and joined lines.
void Lexer::skip_blanks() {
  while (!at_end()) {
    const char c = peek();
    if (c == '\\' && peek(1) == '\n') {
      at_ += 2;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

std::optional<Token> Lexer::operation() {
  Token token{Token::Kind::operation, at_};
  std::size_t digits = 0;
  while (digits < 3 && is_digit(peek(digits))) ++digits;
  if (digits > 0) {
    if (peek(digits) != '<' && peek(digits) != '>') return std::nullopt;
    std::from_chars(&text_[at_], &text_[at_] + digits, token.descriptor);
  }
  const auto rest = std::string_view(text_).substr(at_ + digits);
  // A substitution of processes is a word.
  if ((rest.starts_with("<(") || rest.starts_with(">(")) && digits == 0) return std::nullopt;
  if (rest.starts_with(")")) {
    token.text = ")";
  } else {
    const auto* found = std::ranges::find_if(
        operations, [&](std::string_view each) { return rest.starts_with(each); });
    if (found == operations.end()) return std::nullopt;
    token.text = *found;
  }
  at_ += digits + token.text.size();
  return token;
}

Token Lexer::next() {
  skip_blanks();
  if (at_end()) return {Token::Kind::end, at_};
  if (peek() == '\n') {
    Token token{Token::Kind::newline, at_++};
    read_here_documents();
    return token;
  }
  if (auto token = operation()) return std::move(*token);
  return word_token();
}

Token Lexer::next_in_test() {
  skip_blanks();
  if (at_end()) return {Token::Kind::end, at_};
  if (!ends_word(peek())) return word_token();
  Token token{Token::Kind::word, at_};
  token.word.begin = at_;
  // `&&` and `||` are words of their own, and so is each parenthesis; newlines are blanks.
  do {
    add(token.word, peek(), at_, false);
    ++at_;
  } while (peek() == text_[at_ - 1] && (peek() == '&' || peek() == '|'));
  token.word.end = at_;
  return token;
}

Token Lexer::word_token() {
  Token token{Token::Kind::word, at_};
  Word& word = token.word;
  word.begin = at_;
  if ((peek() == '<' || peek() == '>') && peek(1) == '(') {
    at_ += 2;
    const Deeper deeper(*this);
    if (!stopped_) skip_commands_();
    hide(word, word.begin, false);
  }
  while (!at_end() && (!ends_word(peek()) || is_array(word))) {
    const Deeper deeper(*this);
    plain_character(word);
  }
  word.end = at_;
  return token;
}

// `name=( … )`
bool Lexer::is_array(const Word& word) const {
  if (peek() != '(') return false;
  const auto plain = word.plain();
  if (!plain || !plain->ends_with('=')) return false;
  auto name = plain->substr(0, plain->size() - 1);
  if (name.ends_with('+')) name.remove_suffix(1);
  return is_name(name);
}

void Lexer::plain_character(Word& word) {
  const char c = peek();
  if (c == '\'') return single_quotes(word);
  if (c == '"') return double_quotes(word);
  if (c == '\\') return escape(word);
  if (c == '`') return backquotes(word, false);
  if (c == '$' && peek(1) == '\'') return ansi_quotes(word);
  if (c == '$' && peek(1) == '"') {
    ++at_;
    return double_quotes(word);
  }
  if (c == '$') return expansion(word, false);
  if (c == '(') {  // an array
    const auto begin = at_++;
    skip_balanced('(', ')', 1);
    return hide(word, begin, false);
  }
  add(word, c, at_, false);
  ++at_;
}

void Lexer::add(Word& word, char c, std::size_t at, bool quoted) {
  if (!word.parts.empty()) {
    Part& last = word.parts.back();
    const bool joins = last.kind == Part::Kind::text && last.quoted == quoted &&
                       last.at + last.text.size() == at && !last.text.ends_with('\n');
    if (joins) {
      last.text += c;
      return;
    }
  }
  word.parts.push_back({Part::Kind::text, std::string(1, c), at, quoted});
}

void Lexer::hide(Word& word, std::size_t begin, bool quoted) {
  const auto end = std::min(at_, text_.size());
  word.parts.push_back({Part::Kind::hidden, text_.substr(begin, end - begin), begin, quoted});
}

void Lexer::escape(Word& word) {
  if (peek(1) == '\n') {
    at_ += 2;
    return;
  }
  if (at_ + 1 >= text_.size()) {
    add(word, '\\', at_, false);
    ++at_;
    return;
  }
  add(word, peek(1), at_ + 1, true);
  at_ += 2;
}

void Lexer::single_quotes(Word& word) {
  const auto begin = at_++;
  if (peek() == '\'') word.parts.push_back({Part::Kind::text, "", at_, true});
  while (!at_end() && peek() != '\'') {
    add(word, peek(), at_, true);
    ++at_;
  }
  if (at_end()) return fail(begin, "this quote does not end");
  ++at_;
}

void Lexer::double_quotes(Word& word) {
  const auto begin = at_++;
  word.parts.push_back({Part::Kind::text, "", at_, true});
  while (!at_end() && peek() != '"') {
    const char c = peek();
    const bool escapes = std::string_view("$`\"\\").find(peek(1)) != std::string_view::npos;
    if (c == '\\' && peek(1) == '\n') {
      at_ += 2;
    } else if (c == '\\' && escapes && peek(1) != '\0') {
      add(word, peek(1), at_ + 1, true);
      at_ += 2;
    } else if (c == '$') {
      expansion(word, true);
    } else if (c == '`') {
      backquotes(word, true);
    } else {
      add(word, c, at_, true);
      ++at_;
    }
  }
  if (at_end()) return fail(begin, "this quote does not end");
  ++at_;
}

std::size_t Lexer::expect_here_document(const Word& delimiter, bool strips_tabs) {
  Expected expected{{}, strips_tabs, false, here_documents_.size()};
  for (const Part& part : delimiter.parts) {
    expected.delimiter += part.kind == Part::Kind::variable ? '$' + part.text : part.text;
    expected.is_literal = expected.is_literal || part.quoted;
  }
  here_documents_.emplace_back();
  expected_.push_back(std::move(expected));
  return expected_.back().index;
}

void Lexer::read_here_documents() {
  for (const Expected& expected : std::exchange(expected_, {})) {
    if (!stopped_) read_here_document(expected);
  }
}

void Lexer::read_here_document(const Expected& expected) {
  Word body;
  const auto begin = at_;
  body.begin = begin;
  while (!at_end()) {
    if (expected.strips_tabs) {
      while (peek() == '\t') ++at_;
    }
    const auto newline = std::min(text_.find('\n', at_), text_.size());
    auto line = std::string_view(text_).substr(at_, newline - at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == expected.delimiter) {
      body.end = at_;
      at_ = std::min(newline + 1, text_.size());
      here_documents_.at(expected.index) = std::move(body);
      return;
    }
    const auto end = std::min(newline + 1, text_.size());
    if (expected.is_literal) {
      for (; at_ < end; ++at_) add(body, text_[at_], at_, true);
    } else {
      here_line(body, end);
    }
  }
  fail(begin, "this here-document does not end");
}

// An expansion may go beyond the line.
void Lexer::here_line(Word& body, std::size_t end) {
  while (at_ < end && !stopped_) {
    const char c = peek();
    if (c == '\\' && peek(1) == '\n') {
      at_ += 2;
    } else if (c == '\\' && (peek(1) == '$' || peek(1) == '`' || peek(1) == '\\')) {
      add(body, peek(1), at_ + 1, true);
      at_ += 2;
    } else if (c == '$') {
      expansion(body, true);
    } else if (c == '`') {
      backquotes(body, true);
    } else {
      add(body, c, at_, true);
      ++at_;
    }
  }
}

}  // namespace relayproof::postfix::shell
