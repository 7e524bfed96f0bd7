#include "dialects/postfix/address_tokens.h"

#include <algorithm>

namespace relayproof::postfix {
namespace {

constexpr std::string_view operators = "|%!()<>@,;:\\\".[]";

bool is_operator(char c) { return operators.find(c) != std::string_view::npos; }
bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}
std::string_view until_zero(std::string_view text) { return text.substr(0, text.find('\0')); }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(until_zero(text)) {}

  Tokens scan() {
    Tokens tokens;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_white(c)) {
        ++at_;
      } else {
        tokens.push_back(next(c));
      }
    }
    return tokens;
  }

 private:
  Token next(char c) {
    if (c == '(') return {Token::Kind::comment, comment()};
    if (c == '[') return {Token::Kind::literal, enclosed(']')};
    if (c == '"') return {Token::Kind::quoted, enclosed('"')};
    if (c != '\\' && is_operator(c)) {
      ++at_;
      return {Token::Kind::op, std::string(1, c)};
    }
    return word();
  }

  // An atom whose bytes need quotes (behind backslashes) is a quoted string from then on.
  Token word() {
    Token token{Token::Kind::atom, collect([](char c) { return !is_white(c) && !is_operator(c); })};
    const bool odd = std::any_of(token.text.begin(), token.text.end(), [](char c) {
      return c == ' ' || is_control(c) || is_operator(c);
    });
    if (odd) token.kind = Token::Kind::quoted;
    return token;
  }

  std::string enclosed(char close) {
    ++at_;
    std::string inside = collect([close](char c) { return c != close; });
    if (at_ < text_.size()) ++at_;
    return inside;
  }

  template <class Member>
  std::string collect(Member member) {
    std::string collected;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '\\') {
        if (++at_ == text_.size()) break;
        c = text_[at_];
      } else if (!member(c)) {
        break;
      }
      collected.push_back(is_white(c) ? ' ' : c);
      ++at_;
    }
    return collected;
  }

  std::string comment() {
    const auto begin = at_++;
    for (int depth = 1; at_ < text_.size() && depth > 0; ++at_) {
      const char c = text_[at_];
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if (c == '\\' && at_ + 1 < text_.size()) ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_word(const Token& token) { return token.kind != Token::Kind::op; }

bool needs_blank(const Tokens& tokens, std::size_t i, Blanks blanks) {
  if (blanks == Blanks::none || i + 1 >= tokens.size()) return false;
  const auto& next = tokens[i + 1];
  return tokens[i].is(',') || next.is('<') || (is_word(tokens[i]) && is_word(next));
}

void append_escaped(std::string& to, std::string_view text, std::string_view escaped) {
  for (const char c : text) {
    if (escaped.find(c) != std::string_view::npos) to.push_back('\\');
    to.push_back(c);
  }
}

bool is_dot_string_822(std::string_view local) {
  if (local.empty() || local.front() == '.' || local.back() == '.') return false;
  for (std::size_t i = 0; i < local.size(); ++i) {
    const char c = local[i];
    if (c == '.' && i + 1 < local.size() && local[i + 1] == '.') return false;
    if (c == ' ' || is_control(c)) return false;
    if (c != '.' && c != '%' && c != '!' && c != '|' && is_operator(c)) return false;
  }
  return true;
}

// Where the local part begins: behind a source route.
std::size_t behind_route(std::string_view address) {
  if (!address.starts_with('@')) return 0;
  const auto colon = address.find(':');
  return colon == std::string_view::npos ? 0 : colon + 1;
}

std::string unquote_up_to_last_at(std::string_view external) {
  const auto start = behind_route(external);
  const auto at = external.rfind('@');
  const auto end = at == std::string_view::npos || at < start ? external.size() : at;
  std::string internal(external.substr(0, start));
  for (auto i = start; i < end; ++i) {
    if (external[i] == '"') continue;
    if (external[i] == '\\') {
      if (i + 1 == external.size()) continue;
      ++i;
    }
    internal.push_back(external[i]);
  }
  return internal.append(external.substr(end));
}

// The list is read from its end: what stands between `position` and what was taken before is one
// address as soon as something shows that it is complete.
class ListParser {
 public:
  explicit ListParser(Tokens tokens) : tokens_(std::move(tokens)), left_(tokens_.size()) {}

  AddressList parse() {
    while (left_ > 0) take();
    finish();
    std::reverse(list_.addresses.begin(), list_.addresses.end());
    return std::move(list_);
  }

 private:
  void take() {
    const Token& token = tokens_[left_ - 1];
    if (token.kind == Token::Kind::comment) {
      ++list_.others;
      --left_;
    } else if (is_word(token)) {
      take_word();
    } else if (token.is(';')) {
      finish(Missing::comma);
      take_other();
      in_group_ = may_end_here_ = true;
    } else if (token.is(':') && in_group_) {
      finish();
      take_other();
      skip_phrase(",");
    } else if (token.is('>')) {
      take_bracketed();
    } else if (token.is(',')) {
      finish();
      take_other();
      may_end_here_ = true;
    } else {
      may_end_here_ = true;
      pend();
    }
  }

  // Two words without an operator between them belong to two addresses.
  void take_word() {
    if (!may_end_here_) finish(Missing::comma);
    may_end_here_ = false;
    pend();
  }

  void take_bracketed() {
    finish(Missing::comma);
    --left_;
    while (left_ > 0 && !tokens_[left_ - 1].is('<')) {
      if (tokens_[left_ - 1].kind == Token::Kind::comment) {
        ++list_.others;
        --left_;
      } else {
        pend();
      }
    }
    finish();
    skip_phrase(">;,:");
    may_end_here_ = true;
  }

  void skip_phrase(std::string_view ends) {
    while (left_ > 0 && (is_word(tokens_[left_ - 1]) ||
                         ends.find(tokens_[left_ - 1].text[0]) == std::string_view::npos)) {
      take_other();
    }
  }

  void take_other() {
    const auto& token = tokens_[--left_];
    if (!token.is('<') && !token.is('>')) ++list_.others;
  }

  void pend() { pending_.push_back(std::move(tokens_[--left_])); }

  enum class Missing : std::uint8_t { nothing, comma };
  void finish(Missing missing = Missing::nothing) {
    if (pending_.empty()) return;
    std::reverse(pending_.begin(), pending_.end());
    list_.addresses.push_back(std::move(pending_));
    pending_.clear();
    if (missing == Missing::comma) ++list_.others;
  }

  Tokens tokens_;
  std::size_t left_;  // tokens that were not taken yet
  Tokens pending_;    // of the address under way, the last token first
  AddressList list_;
  bool may_end_here_ = true;
  bool in_group_ = false;
};

}  // namespace

Tokens scan_address(std::string_view text) { return Scanner(text).scan(); }

std::string internal_form(const Tokens& tokens, Blanks blanks) {
  std::string form;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.kind == Token::Kind::literal) {
      form.append("[").append(token.text).append("]");
    } else {
      form.append(token.text);
    }
    if (needs_blank(tokens, i, blanks)) form.push_back(' ');
  }
  return form;
}

std::string external_form(const Tokens& tokens, Blanks blanks) {
  std::string form;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.kind == Token::Kind::quoted) {
      form.push_back('"');
      append_escaped(form, token.text, "\"\\\r\n");
      form.push_back('"');
    } else if (token.kind == Token::Kind::literal) {
      form.push_back('[');
      append_escaped(form, token.text, "\\\r\n");
      form.push_back(']');
    } else {
      form.append(token.text);
    }
    if (token.is(',')) {
      form.push_back(' ');
    } else if (needs_blank(tokens, i, blanks)) {
      form.push_back(' ');
    }
  }
  return form;
}

std::string quote_local(std::string_view internal) {
  const auto start = behind_route(internal);
  const auto at = internal.rfind('@');
  const auto end = at == std::string_view::npos || at < start ? internal.size() : at;
  const auto local = internal.substr(start, end - start);
  if (is_dot_string_822(local)) return std::string(internal);
  std::string external(internal.substr(0, start));
  external.push_back('"');
  append_escaped(external, local, "\"\\\r");
  external.push_back('"');
  return external.append(internal.substr(end));
}

std::string unquote_local(std::string_view external, const Version& version) {
  if (version < Version{3, 3}) return unquote_up_to_last_at(external);
  const auto start = behind_route(external);
  std::string internal(external.substr(0, start));
  auto bare_at = std::string_view::npos;
  std::size_t kept = 0;
  bool in_quotes = false;
  for (auto i = start; i < external.size(); ++i) {
    if (external[i] == '"') {
      in_quotes = !in_quotes;
      continue;
    }
    if (external[i] == '@' && !in_quotes) {
      bare_at = i;
      kept = internal.size();
    } else if (external[i] == '\\') {
      if (i + 1 == external.size()) continue;
      ++i;
    }
    internal.push_back(external[i]);
  }
  if (bare_at == std::string_view::npos) return internal;
  internal.resize(kept);
  return internal.append(external.substr(bare_at));
}

AddressList parse_address_list(std::string_view text) {
  return ListParser(scan_address(text)).parse();
}

}  // namespace relayproof::postfix
