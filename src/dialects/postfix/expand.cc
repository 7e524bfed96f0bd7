#include "dialects/postfix/expand.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"

namespace relayproof::postfix {
namespace {

constexpr int deepest = 100;                    // as in Postfix: beyond, it is taken for a loop
constexpr std::size_t most_bytes = 1u << 20;    // ours: doubling references would fill any memory
constexpr std::size_t most_references = 10000;  // ours, for the same reason
constexpr std::size_t shown = 60;

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_letter_or_digit(char c) { return c != '_' && is_name_character(c); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A part of what somebody wrote.
struct Span {
  SettingPtr setting;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t horizon = 0;

  bool empty() const { return begin >= end; }
  char front() const { return setting->text[begin]; }
  std::string_view text() const {
    return std::string_view(setting->text).substr(begin, end - begin);
  }
  Span from(std::size_t at) const { return {setting, at, end, horizon}; }
  Span part(std::size_t from, std::size_t to) const { return {setting, from, to, horizon}; }
  void skip_spaces() {
    while (!empty() && is_space(front())) ++begin;
  }
};

struct Operator {
  std::string_view text;
  bool (*holds)(std::strong_ordering);
};

constexpr Operator operators[] = {
    {"==", [](std::strong_ordering order) { return order == 0; }},
    {"!=", [](std::strong_ordering order) { return order != 0; }},
    {"<", [](std::strong_ordering order) { return order < 0; }},
    {"<=", [](std::strong_ordering order) { return order <= 0; }},
    {">=", [](std::strong_ordering order) { return order >= 0; }},
    {">", [](std::strong_ordering order) { return order > 0; }},
};

std::optional<long> whole_number(std::string_view text) {
  long number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// `? {then} : {else}` behind a name or a comparison.
struct Choice {
  char first = '\0';  // `?`, `:`, or none
  Span rest;
};

class Expander {
 public:
  Expander(const ExpandRules& rules, const LookupFunction& lookup)
      : rules_(rules), lookup_(lookup) {}

  void run(const Span& all) { expand_text(all, 0); }
  void use(const SettingPtr& setting) {
    if (std::ranges::find(value_.uses, setting) == value_.uses.end())
      value_.uses.push_back(setting);
  }
  Value take() && { return std::move(value_); }

 private:
  bool failed() const { return value_.failed.has_value(); }

  void fail(const Span& at, std::string says) {
    if (!failed()) {
      value_.failed = Problem{Problem::Kind::fatal, at.setting->locate(at.begin), std::move(says)};
    }
  }

  static std::string quoted(const Span& span) {
    return '"' + escape_foreign(span.text(), shown) + '"';
  }

  // Whether one level deeper is allowed.
  bool descend(const Span& at, int depth) {
    if (failed()) return false;
    if (depth > deepest || ++references_ > most_references) {
      fail(at, "references nest too deep, or form a loop: " + quoted(at));
      return false;
    }
    return true;
  }

  void emit(const Span& span, std::string_view text, bool copied) {
    if (text.empty() || failed()) return;
    if (value_.text.size() + text.size() > most_bytes) {
      fail(span, "expands to more than a mebibyte");
      return;
    }
    const std::size_t begin = value_.text.size();
    value_.text += text;
    value_.pieces.push_back({begin, value_.text.size(), span.setting, span.begin, copied});
  }

  // Literal text and references.
  void expand_text(const Span& span, int depth) {
    Span rest = span;
    while (!rest.empty() && !failed()) {
      const std::size_t dollar = std::min(rest.setting->text.find('$', rest.begin), rest.end);
      const bool doubled = dollar + 1 < rest.end && rest.setting->text[dollar + 1] == '$';
      const Span literal = rest.part(rest.begin, dollar + (doubled ? 1 : 0));
      if (!literal.empty() && descend(literal, depth + 1)) emit(literal, literal.text(), true);
      rest.begin = dollar + (doubled ? 2 : 0);
      if (doubled || rest.empty()) continue;
      rest.begin = expand_reference(rest, depth + 1);
    }
  }

  // The reference at the `$` in front; the place behind it.
  std::size_t expand_reference(const Span& span, int depth) {
    const std::string_view text = span.setting->text;
    std::size_t begin = span.begin + 1;
    const char open = begin < span.end ? text[begin] : '\0';
    std::size_t end = begin;
    std::size_t next = begin;
    if (open == '{' || open == '(') {
      ++begin;
      next = end_of_reference(span.part(begin, span.end), open, open == '{' ? '}' : ')');
      if (next > span.end) {
        fail(span, "a reference that does not end: " + quoted(span));
        return span.end;
      }
      end = next - 1;
    } else {
      while (end < span.end && is_name_character(text[end])) ++end;
      next = end;
    }
    const Span reference = span.part(begin, end);
    if (reference.empty()) {
      fail(span, "a reference without a name: " + quoted(span) + " (a literal $ is written $$)");
      return span.end;
    }
    if (descend(reference, depth)) resolve(reference, depth);
    return next;
  }

  // Behind the closing bracket; more than span.end if there is none.
  static std::size_t end_of_reference(const Span& span, char open, char close) {
    int level = 1;
    for (std::size_t at = span.begin; at < span.end; ++at) {
      const char c = span.setting->text[at];
      if (c == open) ++level;
      if (c == close && --level == 0) return at + 1;
    }
    return span.end + 1;
  }

  // What stands between the brackets of a reference.
  void resolve(const Span& reference, int depth) {
    Span rest = reference;
    if (rules_.expressions) {
      Span inner = rest;
      inner.skip_spaces();
      if (!inner.empty() && inner.front() == '{') return resolve_comparison(inner, depth);
    }
    resolve_name(rest, depth);
  }

  void resolve_comparison(Span rest, int depth) {
    const Span all = rest;
    const std::optional<bool> holds = compare(rest, depth);
    if (!holds) return;
    Choice choice{'\0', rest};
    if (!rest.empty()) {
      choice.first = rest.front();
      if (choice.first != '?' && choice.first != ':') {
        return fail(rest, "\"?\" or \":\" expected at " + quoted(rest));
      }
      choice.rest = rest.from(rest.begin + 1);
    }
    if (choice.first == '\0') {
      if (*holds) emit(all, "true", false);
      return;
    }
    choose(choice, *holds, depth);
  }

  void resolve_name(Span rest, int depth) {
    const std::string_view text = rest.setting->text;
    if (rules_.blanks_around_names) rest.skip_spaces();
    const std::size_t begin = rest.begin;
    while (!rest.empty() && is_name_character(rest.front())) ++rest.begin;
    const std::string_view name = text.substr(begin, rest.begin - begin);
    const Span behind_name = rest;
    if (rules_.blanks_around_names) rest.skip_spaces();
    if (!rest.empty() && rest.front() != '?' && rest.front() != ':') {
      return fail(behind_name, "not a parameter name at " + quoted(behind_name));
    }
    const Lookup found = lookup_(name, rest.horizon);
    if (found.setting != nullptr) use(found.setting);
    const bool filled = found.setting != nullptr && !found.setting->text.empty();
    if (!rest.empty()) return choose({rest.front(), rest.from(rest.begin + 1)}, filled, depth);
    if (filled) {
      expand_text({found.setting, 0, found.setting->text.size(), found.horizon}, depth);
    }
  }

  // The operand that counts; both are looked at for their syntax.
  void choose(const Choice& choice, bool filled, int depth) {
    Span rest = choice.rest;
    if (choice.first == '?') {
      const std::optional<Span> then = operand(rest);
      if (!then) return;
      if (filled) expand_text(*then, depth);
      if (rest.empty() || failed()) return;
      if (rest.front() != ':') return fail(rest, "\":\" expected at " + quoted(rest));
      ++rest.begin;
    }
    const std::optional<Span> otherwise = operand(rest);
    if (!otherwise) return;
    if (!filled) expand_text(*otherwise, depth);
    if (!rest.empty()) fail(rest, "nothing expected at " + quoted(rest));
  }

  // `{text}`, or else all that is left.
  std::optional<Span> operand(Span& rest) {
    Span inner = rest;
    inner.skip_spaces();
    if (rules_.expressions && !inner.empty() && inner.front() == '{') {
      rest = inner;
      return braced(rest);
    }
    return std::exchange(rest, rest.from(rest.end));
  }

  // The text within the braces in front; `rest` goes on behind them and blanks.
  std::optional<Span> braced(Span& rest) {
    const std::size_t begin = rest.begin + 1;
    const std::size_t next = end_of_reference(rest.from(begin), '{', '}');
    if (next > rest.end) {
      fail(rest, "braces that do not end: " + quoted(rest));
      return std::nullopt;
    }
    const Span inside = rest.part(begin, next - 1);
    rest.begin = next;
    rest.skip_spaces();
    return inside;
  }

  // `{left} operator {right}`.
  std::optional<bool> compare(Span& rest, int depth) {
    const std::optional<Span> left = braced(rest);
    if (!left) return std::nullopt;
    const Span at = rest;
    constexpr std::string_view signs = "<>!=?+-*/~&|%";
    while (!rest.empty() && signs.find(rest.front()) != std::string_view::npos) ++rest.begin;
    const std::string_view sign = at.part(at.begin, rest.begin).text();
    const auto* known = std::ranges::find(operators, sign, &Operator::text);
    if (known == std::end(operators)) {
      fail(at, "a comparison (== != < <= >= >) expected at " + quoted(at));
      return std::nullopt;
    }
    const std::size_t suffix = rest.begin;
    while (!rest.empty() && is_letter_or_digit(rest.front())) ++rest.begin;
    const std::string_view kind = rest.part(suffix, rest.begin).text();
    if (!kind.empty() && (kind != "level" || !rules_.level_operators)) {
      fail(at,
           "not a comparison of this version of Postfix: " + quoted(at.part(at.begin, rest.begin)));
      return std::nullopt;
    }
    rest.skip_spaces();
    if (rest.empty() || rest.front() != '{') {
      fail(rest.empty() ? at : rest, "{expression} expected behind " + quoted(at));
      return std::nullopt;
    }
    const std::optional<Span> right = braced(rest);
    if (!right) return std::nullopt;
    const auto order = order_of(*left, *right, !kind.empty(), depth);
    if (!order) return std::nullopt;
    return known->holds(*order);
  }

  std::optional<std::strong_ordering> order_of(const Span& left, const Span& right, bool levels,
                                               int depth) {
    const std::string a = aside(left, depth);
    const std::string b = aside(right, depth);
    if (failed()) return std::nullopt;
    if (levels) {
      if (level_number(a) < 0) fail(left, "not a compatibility level: " + quoted(left));
      if (level_number(b) < 0) fail(right, "not a compatibility level: " + quoted(right));
      if (failed()) return std::nullopt;
      return level_number(a) <=> level_number(b);
    }
    if (!all_digits(a) || !all_digits(b)) return a <=> b;
    const std::optional<long> x = whole_number(a);
    const std::optional<long> y = whole_number(b);
    if (!x || !y) fail(left, "a number too large to compare: " + quoted(x ? right : left));
    if (failed()) return std::nullopt;
    return *x <=> *y;
  }

  // The expansion of an operand of a comparison: it takes part, but is not in the result.
  std::string aside(const Span& span, int depth) {
    const std::size_t size = value_.text.size();
    const std::size_t pieces = value_.pieces.size();
    expand_text(span, depth);
    std::string text = value_.text.substr(std::min(size, value_.text.size()));
    value_.text.resize(std::min(size, value_.text.size()));
    value_.pieces.resize(std::min(pieces, value_.pieces.size()));
    return text;
  }

  const ExpandRules& rules_;
  const LookupFunction& lookup_;
  Value value_;
  std::size_t references_ = 0;
};

}  // namespace

ExpandRules ExpandRules::of(const Version& version) {
  return {.expressions = version >= Version{3, 0},
          .blanks_around_names = version >= Version{3, 3},
          .level_operators = version >= Version{3, 6}};
}

Value expand(const SettingPtr& setting, std::size_t horizon, const ExpandRules& rules,
             const LookupFunction& lookup) {
  Expander expander(rules, lookup);
  expander.use(setting);
  expander.run({setting, 0, setting->text.size(), horizon});
  Value value = std::move(expander).take();
  value.setting = setting;
  if (value.failed) {
    value.text.clear();
    value.pieces.clear();
  }
  return value;
}

Value unexpanded(const SettingPtr& setting) {
  Value value;
  value.text = setting->text;
  value.setting = setting;
  if (!value.text.empty()) value.pieces.push_back({0, value.text.size(), setting, 0, true});
  value.uses.push_back(setting);
  return value;
}

long level_number(std::string_view text) {
  constexpr long greatest[] = {2047, 1023, 1023};  // major, minor, patch
  long level = 0;
  std::size_t used = 0;
  for (const std::string_view part : split(text, '.')) {
    if (used == std::size(greatest)) return -1;
    const std::optional<long> number = whole_number(part);
    if (!number || *number < 0 || *number > greatest[used]) return -1;
    level = level * 1024 + *number;
    ++used;
  }
  for (; used < std::size(greatest); ++used) level *= 1024;
  return level;
}

}  // namespace relayproof::postfix
