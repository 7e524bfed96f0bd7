#include "dialects/opensmtpd/lexer.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace relayproof::opensmtpd {
namespace {

constexpr std::size_t deepest_include = 32;

bool is_letter_or_digit(int character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}
bool is_digit(int character) { return character >= '0' && character <= '9'; }
bool is_blank(int character) { return character == ' ' || character == '\t'; }

bool begins_word(int character) {
  return is_letter_or_digit(character) || character == ':' || character == '_';
}

// allowed_to_end_number() of parse.y.
bool ends_number(int character) {
  constexpr std::string_view signs = " \t\n\v\f\r),/}=";
  return character >= 0 && signs.find(static_cast<char>(character)) != std::string_view::npos;
}

}  // namespace

bool is_in_word(int character) {
  constexpr std::string_view never = "(){}<>!=#,";
  if (character <= ' ' || character >= 0x7f) return false;
  return never.find(static_cast<char>(character)) == std::string_view::npos;
}

Lexer::Lexer(std::string file, std::shared_ptr<const std::string> text) {
  inputs_.push_back({std::move(file), std::move(text)});
}

void Lexer::define(const std::string& name, std::string value) { macros_[name] = std::move(value); }

bool Lexer::include(std::string file, std::shared_ptr<const std::string> text) {
  const bool is_open = std::any_of(inputs_.begin(), inputs_.end(), [&](const Input& input) {
    return !input.is_macro && input.file == file;
  });
  if (is_open || inputs_.size() > deepest_include) return false;
  inputs_.push_back({std::move(file), std::move(text)});
  return true;
}

int Lexer::peek_raw(std::size_t ahead) const {
  const auto& input = inputs_.back();
  const auto at = input.at + ahead;
  return at < input.text->size() ? static_cast<unsigned char>((*input.text)[at]) : none;
}

int Lexer::raw() {
  auto& input = inputs_.back();
  if (input.at >= input.text->size()) return none;
  const auto character = static_cast<unsigned char>((*input.text)[input.at++]);
  if (character == '\n') {
    ++input.line;
    input.line_begin = input.at;
  }
  return character;
}

// Outside of quotes a backslash joins lines, and in front of anything else it vanishes.
int Lexer::character() {
  for (;;) {
    const int character = raw();
    if (character == none) {
      if (inputs_.size() > 1 && inputs_.back().is_macro) {
        inputs_.pop_back();
        continue;
      }
      if (!inputs_.back().ended) {
        inputs_.back().ended = true;
        return '\n';
      }
      if (inputs_.size() == 1) return none;
      inputs_.pop_back();
      continue;
    }
    if (character != '\\') return character;
    const int behind = raw();
    if (behind == none) continue;
    if (behind != '\n') return behind;
  }
}

int Lexer::peek_character() {
  // What stands behind the end of a macro goes on where it was used.
  while (inputs_.back().is_macro && peek_raw() == none) inputs_.pop_back();
  while (peek_raw() == '\\' && peek_raw(1) == '\n') {
    raw();
    raw();
  }
  if (peek_raw() == '\\' && peek_raw(1) != none) return peek_raw(1);
  return peek_raw();
}

SourceRange Lexer::here() const {
  // A macro's text is told of where it was used.
  for (auto input = inputs_.rbegin(); input != inputs_.rend(); ++input) {
    if (input->is_macro) continue;
    return {input->file, input->line, input->at - input->line_begin + 1};
  }
  return {};
}

void Lexer::skip_line() {
  for (int c = character(); c != '\n' && c != none; c = character()) {
  }
}

Token Lexer::broken(SourceRange where, std::string says) {
  skip_line();
  return {Token::Kind::broken, std::move(says), false, std::move(where)};
}

bool Lexer::expand(const SourceRange& where, Token& problem) {
  std::string name;
  for (int c = peek_character(); c != none && (is_letter_or_digit(c) || c == '_');
       c = peek_character()) {
    name += static_cast<char>(character());
  }
  const auto found = macros_.find(name);
  if (found == macros_.end()) {
    problem = broken(where, "macro '" + name + "' not defined");
    return false;
  }
  if (++expansions_ > expansion_limit) {
    problem = broken(where, "too many macros");
    return false;
  }
  Input input;
  input.text = std::make_shared<const std::string>(found->second);
  input.is_macro = true;
  inputs_.push_back(std::move(input));
  return true;
}

Token Lexer::quoted(SourceRange where, int quote) {
  std::string text;
  for (;;) {
    int c = raw();
    if (c == none) return broken(where, "reached end of file while parsing quoted string");
    if (c == quote) return {Token::Kind::text, std::move(text), true, std::move(where)};
    if (c == '\n') continue;
    if (c == '\0') return broken(where, "syntax error");
    if (c == '\\') {
      const int behind = peek_raw();
      if (behind == '\n') {
        raw();
        continue;
      }
      if (behind == quote || is_blank(behind)) c = raw();
    }
    text += static_cast<char>(c);
    if (text.size() > longest_word) return broken(where, "string too long");
  }
}

// True if the digits stand alone; else they begin a word.
bool Lexer::number(std::string& digits, int first) {
  digits = static_cast<char>(first);
  std::size_t ahead = 0;
  while (is_digit(peek_raw(ahead))) digits += static_cast<char>(peek_raw(ahead++));
  const int behind = peek_raw(ahead);
  if (behind != none && !ends_number(behind)) return false;
  if (digits == "-" || digits.size() > 19) return false;
  while (ahead-- > 0) raw();
  return true;
}

Token Lexer::word(SourceRange where, int first) {
  std::string text(1, static_cast<char>(first));
  for (int c = peek_character(); c != none && is_in_word(c); c = peek_character()) {
    text += static_cast<char>(character());
    if (text.size() > longest_word) return broken(where, "string too long");
  }
  return {Token::Kind::text, std::move(text), false, std::move(where)};
}

Token Lexer::next() {
  for (;;) {
    int c = peek_character();
    while (is_blank(c)) {
      character();
      c = peek_character();
    }
    auto where = here();
    c = character();
    if (c == '#') {
      skip_line();
      return {Token::Kind::newline, "\n", false, where};
    }
    if (c == none) return {Token::Kind::end, "", false, where};
    if (c == '\n') return {Token::Kind::newline, "\n", false, where};
    if (c == '$' && !inputs_.back().is_macro) {
      Token problem;
      if (expand(where, problem)) continue;
      return problem;
    }
    if (c == '"' || c == '\'') return quoted(where, c);
    std::string digits;
    if ((is_digit(c) || c == '-') && number(digits, c)) {
      return {Token::Kind::number, digits, false, where};
    }
    if (c == '=' && peek_character() == '>') {
      character();
      return {Token::Kind::arrow, "=>", false, where};
    }
    if (begins_word(c)) return word(where, c);
    return {Token::Kind::sign, std::string(1, static_cast<char>(c)), false, where};
  }
}

}  // namespace relayproof::opensmtpd
