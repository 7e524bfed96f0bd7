#include "dialects/exim/expand.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"
#include "dialects/exim/acl_variables.h"
#include "dialects/exim/expansion.h"
#include "dialects/exim/variables.h"

namespace relayproof::exim {
namespace {

constexpr std::size_t depth_limit = 40;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

void append(Text& to, const Text& more) {
  // With something before or behind it, a row is no longer all that the owner wrote.
  if (to.kind != Text::Kind::known) {
    if (!more.literal() || !more.literal()->empty()) to.is_owners = false;
    return;
  }
  if (more.kind != Text::Kind::known) {
    const bool alone = to.pieces.empty();
    to = more;
    to.is_owners = to.is_owners && alone;
    return;
  }
  for (const auto& piece : more.pieces) {
    const bool plain = piece.special == Piece::Special::none && !piece.subject;
    if (plain && piece.text.empty()) continue;
    if (plain && !to.pieces.empty() && !to.pieces.back().subject &&
        to.pieces.back().special == Piece::Special::none) {
      to.pieces.back().text += piece.text;
    } else {
      to.pieces.push_back(piece);
    }
  }
}

}  // namespace

Value Expansion::all(std::string_view text) {
  if (scope_.depth > depth_limit) return hidden(text, "is nested too deep");
  Value value = one(Text{});
  std::string plain;
  std::size_t at = 0;
  const auto flush = [&] {
    if (!plain.empty()) add(value, one(Text::of(std::exchange(plain, {}))));
  };
  while (at < text.size()) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      at = escaped(text, at, plain);
    } else if (text[at] == '$') {
      flush();
      add(value, dollar(text, at));
    } else {
      plain += text[at++];
    }
  }
  flush();
  return value;
}

Value Expansion::one(Text text) const { return {{to_.builder.constant(true), std::move(text)}}; }

Value Expansion::hidden(std::string_view text, std::string why) const {
  return one(Text::hidden(std::move(why), mentioned_in(text, scope_)));
}

void Expansion::add(Value& to, const Value& more) {
  if (more.size() == 1) {
    for (auto& one_case : to) append(one_case.text, more.front().text);
    return;
  }
  if (to.size() * more.size() > case_limit) {
    to = one(Text::hidden("too many cases", {}));
    return;
  }
  Value product;
  for (const auto& first : to) {
    for (const auto& second : more) {
      Case both{to_.builder.all({first.when, second.when}), first.text};
      append(both.text, second.text);
      product.push_back(std::move(both));
    }
  }
  to = std::move(product);
}

std::size_t Expansion::escaped(std::string_view text, std::size_t at, std::string& plain) {
  const char next = text[at + 1];
  if (next == 'N') {
    const auto end = text.find("\\N", at + 2);
    plain += text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  constexpr std::string_view escapes = "nrt";
  constexpr std::string_view meant = "\n\r\t";
  const auto found = escapes.find(next);
  plain += found == std::string_view::npos ? next : meant[found];
  return at + 2;
}

Value Expansion::dollar(std::string_view text, std::size_t& at) {
  const auto begin = at++;
  if (at >= text.size()) return one(Text::of("$"));
  if (text[at] == '{') {
    const auto end = behind_braces(text, at);
    if (end == std::string_view::npos) {
      at = text.size();
      return hidden(text.substr(begin), "an expansion does not end");
    }
    const auto inner = text.substr(at + 1, end - at - 2);
    at = end;
    return braced(inner, text.substr(begin, end - begin));
  }
  auto end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  // Headers go on to a colon: $h_subject: (section 11.5).
  const auto name = text.substr(at, end - at);
  const bool is_header = name.starts_with("h_") || name.starts_with("header_") ||
                         name.starts_with("rh_") || name.starts_with("bh_");
  if (is_header) {
    while (end < text.size() && (is_word(text[end]) || text[end] == '-')) ++end;
    if (end < text.size() && text[end] == ':') ++end;
  }
  at = end;
  return named(name);
}

Value Expansion::named(std::string_view name) {
  const bool of_acl = name.starts_with("acl_m") || name.starts_with("acl_c");
  if (of_acl && to_.variables != nullptr) return to_.variables->value(to_, name);
  return one(variable(to_, name, scope_));
}

Value Expansion::braced(std::string_view inner, std::string_view whole) {
  std::size_t end = 0;
  while (end < inner.size() && is_word(inner[end])) ++end;
  const auto word = inner.substr(0, end);
  const auto rest = inner.substr(end);
  if (rest.empty()) return named(word);
  if (rest.front() == ':') return operation(word, rest.substr(1), whole);
  if (word == "if") return conditional(trim(rest), whole);
  if (word == "lookup") return lookup(trim(rest), whole);
  if (word == "env") return environment(trim(rest), whole);
  if (word == "sg") return substitution(trim(rest), whole);
  return hidden(whole, "${" + std::string(word) + " is not followed");
}

Value Expansion::operation(std::string_view name, std::string_view argument,
                           std::string_view whole) {
  const auto argument_value = all(argument);
  if (name == "lc" || name == "uc") return argument_value;
  const bool is_part = name == "domain" || name == "local_part";
  if (is_part && argument_value.size() == 1) {
    auto operand = argument_value.front().text.operand();
    if (operand && (operand->fixed || operand->subject.part == policy::Part::whole)) {
      const auto part =
          operand->part(name == "domain" ? policy::Part::domain : policy::Part::local);
      if (part.fixed) return one(Text::of(*part.fixed));
      Text text;
      text.pieces.push_back({"", Piece::Special::none, part.subject, {}});
      return one(std::move(text));
    }
  }
  return hidden(whole, "${" + std::string(name) + ": is not followed");
}

Text Text::of(std::string text) {
  Text result;
  if (!text.empty()) result.pieces.push_back({std::move(text), Piece::Special::none, {}, {}});
  return result;
}

Text Text::hidden(std::string why, std::vector<policy::Subject> about) {
  Text result;
  result.kind = Kind::hidden;
  result.why = std::move(why);
  result.about = std::move(about);
  return result;
}

Text Text::owners_row(std::string why, std::vector<policy::Subject> about) {
  auto result = hidden(std::move(why), std::move(about));
  result.is_owners = true;
  return result;
}

std::optional<std::string> Text::literal() const {
  if (kind != Kind::known) return std::nullopt;
  std::string text;
  for (const auto& piece : pieces) {
    if (piece.subject || piece.special != Piece::Special::none) return std::nullopt;
    text += piece.text;
  }
  return text;
}

std::optional<Operand> Text::operand() const {
  if (auto text = literal()) return Operand::text(*text);
  if (kind != Kind::known) return std::nullopt;
  const auto is_part = [](const Piece& piece, policy::Part part) {
    return piece.subject && !piece.change && piece.subject->part == part;
  };
  if (pieces.size() == 1 && pieces[0].subject && !pieces[0].change) {
    return Operand::of(*pieces[0].subject);
  }
  // $local_part@$domain is the address.
  if (pieces.size() == 3 && is_part(pieces[0], policy::Part::local) && pieces[1].text == "@" &&
      is_part(pieces[2], policy::Part::domain)) {
    auto whole = Operand::of(*pieces[0].subject).part(policy::Part::whole);
    if (whole.part(policy::Part::domain).subject == *pieces[2].subject) return whole;
  }
  return std::nullopt;
}

Value expand(Lowering& to, std::string_view text, const Scope& scope) {
  return Expansion(to, scope).all(text);
}

policy::ConditionId each_case(Lowering& to, const Value& value,
                              const std::function<policy::ConditionId(const Text&)>& of) {
  auto result = of(value.back().text);
  for (std::size_t index = value.size() - 1; index > 0; --index) {
    const auto& one = value[index - 1];
    result = to.builder.choice(one.when, of(one.text), result);
  }
  return result;
}

std::size_t behind_braces(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      if (text[at + 1] == 'N') {
        const auto end = text.find("\\N", at + 2);
        if (end == std::string_view::npos) return end;
        at = end;
      }
      ++at;
    } else if (text[at] == '{') {
      ++depth;
    } else if (text[at] == '}' && --depth == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace relayproof::exim
