// Within words: what is quoted, and what a shell replaces (POSIX.1-2017, Shell Command Language,
// 2.2 and 2.6).
#include <algorithm>
#include <utility>

#include "dialects/postfix/postconf_script_words.h"

namespace relayproof::postfix::shell {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_special(char c) { return std::string_view("@*#?-$!").find(c) != std::string_view::npos; }

}  // namespace

// `$'…'` of bash: only the escapes that stand for one character each.
void Lexer::ansi_quotes(Word& word) {
  constexpr std::string_view letters = "nt\\'\"";
  constexpr std::string_view meant = "\n\t\\'\"";
  const auto begin = at_;
  at_ += 2;
  bool is_hidden = false;
  Word text;
  text.parts.push_back({Part::Kind::text, "", at_, true});
  while (!at_end() && peek() != '\'') {
    char c = peek();
    const auto at = at_;
    if (c == '\\' && at_ + 1 < text_.size()) {
      const auto letter = letters.find(peek(1));
      is_hidden = is_hidden || letter == std::string_view::npos;
      if (!is_hidden) c = meant[letter];
      ++at_;
    }
    add(text, c, at, true);
    ++at_;
  }
  if (at_end()) return fail(begin, "this quote does not end");
  ++at_;
  if (is_hidden) return hide(word, begin, true);
  word.parts.insert(word.parts.end(), text.parts.begin(), text.parts.end());
}

void Lexer::backquotes(Word& word, bool quoted) {
  const auto begin = at_++;
  while (!at_end() && peek() != '`') at_ += peek() == '\\' ? 2 : 1;
  if (at_end()) return fail(begin, "this ` does not end");
  ++at_;
  hide(word, begin, quoted);
}

void Lexer::expansion(Word& word, bool quoted) {
  const Deeper deeper(*this);
  const auto begin = at_++;
  if (peek() == '(' && peek(1) == '(') {
    at_ += 2;
    skip_balanced('(', ')', 2);
    return hide(word, begin, quoted);
  }
  if (peek() == '(') {
    ++at_;
    if (!stopped_) skip_commands_();
    return hide(word, begin, quoted);
  }
  if (peek() == '{') return braced_expansion(word, quoted);
  if (is_special(peek()) || is_digit(peek())) {
    ++at_;
    return hide(word, begin, quoted);
  }
  std::size_t length = 0;
  while (is_name_character(peek(length))) ++length;
  if (length == 0) return add(word, '$', begin, quoted);
  word.parts.push_back({Part::Kind::variable, text_.substr(at_, length), begin, quoted});
  at_ += length;
}

// Behind the `$`. What is more than a name and its default is hidden.
void Lexer::braced_expansion(Word& word, bool quoted) {
  const auto begin = at_ - 1;
  const auto name_at = ++at_;
  std::size_t length = 0;
  while (is_name_character(peek(length))) ++length;
  const auto name = text_.substr(name_at, length);
  at_ += length;
  Part part{Part::Kind::variable, name, begin, quoted};
  const bool colon = peek() == ':' && (peek(1) == '-' || peek(1) == '=');
  if (is_name(name) && (colon || peek() == '-' || peek() == '=')) {
    part.otherwise = colon ? Part::Otherwise::if_empty : Part::Otherwise::if_unset;
    at_ += colon ? 2 : 1;
    part.assigns = text_[at_ - 1] == '=';
    part.words = otherwise(quoted);
  } else if (!is_name(name) || peek() != '}') {
    skip_balanced('{', '}', 1);
    return hide(word, begin, quoted);
  }
  if (peek() != '}') return fail(begin, "this ${ does not end");
  ++at_;
  word.parts.push_back(std::move(part));
}

std::vector<Part> Lexer::otherwise(bool quoted) {
  Word word;
  while (!at_end() && peek() != '}') {
    const Deeper deeper(*this);
    if (peek() == '(' || (quoted && peek() == '\'')) {
      add(word, peek(), at_, quoted);
      ++at_;
      continue;
    }
    plain_character(word);
  }
  if (quoted) {
    for (Part& part : word.parts) part.quoted = true;
  }
  return std::move(word.parts);
}

void Lexer::skip_quoted() {
  const char quote = peek();
  const auto begin = at_++;
  while (!at_end() && peek() != quote) at_ += peek() == '\\' && quote == '"' ? 2 : 1;
  if (at_end()) return fail(begin, "this quote does not end");
  ++at_;
}

void Lexer::skip_balanced(char open, char close, int level) {
  const auto begin = at_;
  while (!at_end() && level > 0) {
    const char c = peek();
    if (c == '\'' || c == '"') {
      skip_quoted();
      continue;
    }
    if (c == open) ++level;
    if (c == close) --level;
    at_ += c == '\\' ? 2 : 1;
  }
  if (level > 0) fail(begin, std::string("a ") + close + " is missing");
}

}  // namespace relayproof::postfix::shell
