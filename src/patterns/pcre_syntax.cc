#include <algorithm>
#include <charconv>
#include <utility>

#include "patterns/bracket.h"
#include "patterns/flavours.h"

namespace relayproof::patterns {
namespace {

/// What `(?i)` and the like set, until the group ends.
struct Flags {
  bool ignore_case = false;
  bool multiline = false;
  bool dot_all = false;
  bool extended = false;
  bool capturing = true;
};

struct FlagLetter {
  bool Flags::*flag;
  char letter;
  bool when_set;
};

constexpr FlagLetter flag_letters[] = {
    {&Flags::ignore_case, 'i', true}, {&Flags::multiline, 'm', true},  {&Flags::dot_all, 's', true},
    {&Flags::extended, 'x', true},    {&Flags::capturing, 'n', false},
};

struct PlainAssertion {
  char letter;
  Assertion assertion;
};

constexpr PlainAssertion assertions[] = {
    {'A', Assertion::subject_start}, {'G', Assertion::subject_start},
    {'z', Assertion::subject_end},   {'Z', Assertion::final_end},
    {'b', Assertion::word_boundary}, {'B', Assertion::no_word_boundary},
};

struct Opening {
  std::string_view text;
  SyntaxKind kind;
  bool atomic = false;
  bool ahead = true;
  bool negative = false;
};

constexpr Opening openings[] = {
    {"?:", SyntaxKind::group},
    {"?>", SyntaxKind::group, true},
    {"?=", SyntaxKind::look},
    {"?!", SyntaxKind::look, false, true, true},
    {"?<=", SyntaxKind::look, false, false},
    {"?<!", SyntaxKind::look, false, false, true},
};

constexpr std::size_t most_quantifiers = 5;  ///< one behind the other

/// A recursive-descent parser. What it does not understand makes the whole fail.
class PcreParser {
 public:
  PcreParser(std::string_view pattern, const Options& options)
      : cursor_{pattern}, dollar_endonly_(options.dollar_endonly) {
    flags_ = {options.ignore_case, options.multiline, options.dot_all, options.extended};
    parsed_.anchored = options.anchored;
  }

  std::optional<Parsed> run();

 private:
  Syntax alternation();
  Syntax branch();
  Syntax atom();
  Syntax quantified(Syntax item);
  bool take_interval(std::size_t& least, std::optional<std::size_t>& most);
  Syntax group();
  Syntax named_group(std::string_view closing);
  Syntax reference_by_name(std::string_view closing);
  Syntax property();
  Syntax reference(char letter);
  static Syntax any_newline();
  Syntax group_of(Syntax opened);
  Syntax set_flags();
  Syntax escape();
  Syntax digits(char first);
  Syntax literal(char c) const;
  void skip_ignored();
  bool skip_quotes();
  bool skip_comment();
  bool skip_behind(std::string_view closing, bool end_closes);
  Syntax fail() {
    failed_ = true;
    return {};
  }

  Cursor cursor_;
  Flags flags_;
  bool dollar_endonly_;
  bool quoting_ = false;  ///< between \Q and \E
  bool failed_ = false;
  std::size_t depth_ = 0;
  Parsed parsed_;
};

std::optional<Parsed> PcreParser::run() {
  // Verbs such as (*UTF) change what the rest means.
  if (cursor_.sees("(*")) return std::nullopt;
  parsed_.syntax = alternation();
  if (failed_ || cursor_.more()) return std::nullopt;
  return std::move(parsed_);
}

Syntax PcreParser::alternation() {
  if (++depth_ > deepest_pattern) return fail();
  const Flags outside = flags_;
  std::vector<Syntax> branches;
  do {
    branches.push_back(branch());
  } while (!failed_ && cursor_.take("|"));
  flags_ = outside;
  --depth_;
  return choice(std::move(branches));
}

Syntax PcreParser::branch() {
  std::vector<Syntax> items;
  for (;;) {
    skip_ignored();
    if (failed_ || !cursor_.more()) break;
    if (!quoting_ && (cursor_.peek() == '|' || cursor_.peek() == ')')) break;
    Syntax item = atom();
    if (failed_) break;
    items.push_back(quantified(std::move(item)));
  }
  return sequence(std::move(items));
}

/// Skips what means nothing: \Q and \E, comments, and white space where that is ignored.
void PcreParser::skip_ignored() {
  while (!failed_ && (skip_quotes() || skip_comment())) {
  }
}

bool PcreParser::skip_comment() {
  if (quoting_ || !cursor_.more()) return false;
  if (cursor_.take("(?#")) return skip_behind(")", false);
  if (!flags_.extended) return false;
  if (cursor_.peek() == '#') return skip_behind("\n", true);
  if (!named_class("space")[static_cast<unsigned char>(cursor_.peek())]) return false;
  ++cursor_.at;
  return true;
}

/// Always true: something was skipped, if only the rest.
bool PcreParser::skip_behind(std::string_view closing, bool end_closes) {
  const auto end = cursor_.rest().find(closing);
  if (end == std::string_view::npos) {
    failed_ = failed_ || !end_closes;
    cursor_.at = cursor_.text.size();
  } else {
    cursor_.at += end + closing.size();
  }
  return true;
}

bool PcreParser::skip_quotes() {
  if (!cursor_.sees("\\E") && (quoting_ || !cursor_.sees("\\Q"))) return false;
  quoting_ = cursor_.sees("\\Q");
  cursor_.at += 2;
  return true;
}

Syntax PcreParser::literal(char c) const {
  const ByteSet set = byte(static_cast<unsigned char>(c));
  return bytes_syntax(flags_.ignore_case ? with_both_cases(set) : set);
}

Syntax PcreParser::atom() {
  const char c = cursor_.next();
  if (quoting_) return literal(c);
  // NEL is white space to a PCRE2 that was built with Unicode.
  if (flags_.extended && c == '\x85') return fail();
  switch (c) {
    case '^':
      return assertion_syntax(flags_.multiline ? Assertion::line_start : Assertion::subject_start);
    case '$':
      if (flags_.multiline) return assertion_syntax(Assertion::line_end);
      return assertion_syntax(dollar_endonly_ ? Assertion::subject_end : Assertion::final_end);
    case '.':
      return bytes_syntax(flags_.dot_all ? ~ByteSet() : ~byte('\n'));
    case '[': {
      // [[:<:]] and [[:>:]] are boundaries of words.
      const auto set = pcre_class(cursor_, flags_.ignore_case);
      return set ? bytes_syntax(*set) : fail();
    }
    case '(':
      return group();
    case '\\':
      return cursor_.more() ? escape() : fail();
    case '*':
    case '+':
    case '?':
      return fail();
    case '{':
      // `{,3}` and `{ 3}` are literal up to PCRE2 10.42 and quantifiers from 10.43 on.
      if (named_class("digit")[static_cast<unsigned char>(cursor_.peek())] ||
          cursor_.peek() == ',' || cursor_.peek() == ' ') {
        return fail();
      }
      return literal(c);
    default:
      return literal(c);
  }
}

/// The item with the quantifiers that follow it.
Syntax PcreParser::quantified(Syntax item) {
  for (std::size_t quantifiers = 0;; ++quantifiers) {
    skip_ignored();
    if (failed_ || quoting_) return item;
    if (quantifiers > most_quantifiers) return fail();
    std::size_t least = 0;
    std::optional<std::size_t> most;
    if (cursor_.take("+")) {
      least = 1;
    } else if (cursor_.take("?")) {
      most = 1;
    } else if (!cursor_.take("*") && !take_interval(least, most)) {
      return item;
    }
    Syntax repeat{.kind = SyntaxKind::repeat, .least = least, .most = most};
    repeat.parts.push_back(std::move(item));
    if (!cursor_.take("?")) repeat.atomic = cursor_.take("+");
    item = std::move(repeat);
  }
}

/// `{2}`, `{2,}`, `{2,3}`.
bool PcreParser::take_interval(std::size_t& least, std::optional<std::size_t>& most) {
  const char* const end = cursor_.text.data() + cursor_.text.size();
  const char* at = cursor_.text.data() + cursor_.at;
  if (at == end || *at != '{') return false;
  const auto first = std::from_chars(at + 1, end, least);
  if (first.ec != std::errc()) return false;
  at = first.ptr;
  most = least;
  if (at != end && *at == ',') {
    std::size_t last = 0;
    const auto second = std::from_chars(at + 1, end, last);
    most = second.ptr == at + 1 ? std::nullopt : std::optional(last);
    at = second.ptr;
  }
  if (at == end || *at != '}') {
    // A brace that no quantifier begins; with a digit behind it atom() refuses it.
    return false;
  }
  cursor_.at = static_cast<std::size_t>(at + 1 - cursor_.text.data());
  return true;
}

Syntax PcreParser::group() {
  if (cursor_.sees("*")) return fail();
  for (const auto& opening : openings) {
    if (!cursor_.take(opening.text)) continue;
    return group_of({.kind = opening.kind,
                     .atomic = opening.atomic,
                     .ahead = opening.ahead,
                     .negative = opening.negative});
  }
  if (cursor_.take("?P=")) return reference_by_name(")");
  if (cursor_.take("?P<") || cursor_.take("?<")) return named_group(">");
  if (cursor_.take("?'")) return named_group("'");
  if (cursor_.take("?")) return set_flags();
  Syntax opened{.kind = SyntaxKind::group};
  if (flags_.capturing) opened.group = ++parsed_.groups;
  return group_of(std::move(opened));
}

Syntax PcreParser::named_group(std::string_view closing) {
  const auto end = cursor_.rest().find(closing);
  if (end == std::string_view::npos) return fail();
  cursor_.at += end + closing.size();
  return group_of({.kind = SyntaxKind::group, .group = ++parsed_.groups});
}

Syntax PcreParser::group_of(Syntax opened) {
  const Flags outside = flags_;
  opened.parts.push_back(alternation());
  flags_ = outside;
  if (failed_ || !cursor_.take(")")) return fail();
  return opened;
}

/// We do not keep the names.
Syntax PcreParser::reference_by_name(std::string_view closing) {
  const auto end = cursor_.rest().find(closing);
  if (end == std::string_view::npos) return fail();
  cursor_.at += end + closing.size();
  return opaque_syntax();
}

/// `(?i-m)`, which holds to the end of the group around it, or `(?i-m:...)`.
Syntax PcreParser::set_flags() {
  const Flags outside = flags_;
  if (cursor_.take("^")) flags_ = {};
  bool setting = true;
  for (; cursor_.more() && cursor_.peek() != ')' && cursor_.peek() != ':'; ++cursor_.at) {
    const char letter = cursor_.peek();
    // Two x ignore white space in classes, too.
    if (letter == 'x' && cursor_.peek(1) == 'x') return fail();
    const auto* const known = std::ranges::find(flag_letters, letter, &FlagLetter::letter);
    if (known != std::end(flag_letters)) {
      flags_.*known->flag = setting == known->when_set;
    } else if (letter == '-' && setting) {
      setting = false;
    } else if (letter != 'U') {
      return fail();
    }
  }
  if (cursor_.take(")")) return {};
  if (!cursor_.take(":")) return fail();
  Syntax inner = group_of({.kind = SyntaxKind::group});
  flags_ = outside;
  return inner;
}

Syntax PcreParser::escape() {
  const char letter = cursor_.next();
  if (const auto set = pcre_escaped_class(letter)) return bytes_syntax(*set);
  for (const auto& each : assertions) {
    if (each.letter == letter) return assertion_syntax(each.assertion);
  }
  if (letter >= '1' && letter <= '9') return digits(letter);
  if (letter == 'N' && cursor_.peek() != '{') return bytes_syntax(~byte('\n'));
  if (letter == 'K') return {};
  if (letter == 'C') return bytes_syntax(~ByteSet());
  if (letter == 'R') return any_newline();
  if (letter == 'p' || letter == 'P') return property();
  if (letter == 'k' || letter == 'g') return reference(letter);
  const auto value = pcre_escaped_byte(cursor_, letter);
  return value ? literal(static_cast<char>(*value)) : fail();
}

/// `\k<name>` and the like, or `\g{1}`. (`\g<1>` calls the group again.)
Syntax PcreParser::reference(char letter) {
  if (cursor_.take("{")) return reference_by_name("}");
  if (letter == 'k' && cursor_.take("<")) return reference_by_name(">");
  if (letter == 'k' && cursor_.take("'")) return reference_by_name("'");
  return fail();
}

Syntax PcreParser::any_newline() {
  Syntax newline{.kind = SyntaxKind::group, .atomic = true};
  const auto cr_lf = {bytes_syntax(byte('\r')), bytes_syntax(byte('\n'))};
  newline.parts = {choice({sequence(cr_lf), bytes_syntax(*pcre_escaped_class('v'))})};
  return newline;
}

/// `\p{Lu}` or `\pL`: one byte, which depends on Unicode's tables.
Syntax PcreParser::property() {
  const auto end = cursor_.sees("{") ? cursor_.rest().find('}') : 0;
  if (end == std::string_view::npos || !cursor_.more()) return fail();
  cursor_.at += end + 1;
  return {.kind = SyntaxKind::bytes, .bytes = ~ByteSet(), .uncertain = true};
}

/// A backreference, if it has one digit; more may be an octal number.
Syntax PcreParser::digits(char first) {
  if (named_class("digit")[static_cast<unsigned char>(cursor_.peek())]) return fail();
  return {.kind = SyntaxKind::backreference,
          .uncertain = flags_.ignore_case,
          .group = static_cast<std::size_t>(first - '0')};
}

}  // namespace

std::optional<Parsed> parse_pcre(std::string_view pattern, const Options& options) {
  return PcreParser(pattern, options).run();
}

}  // namespace relayproof::patterns
