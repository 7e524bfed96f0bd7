#include <algorithm>
#include <span>
#include <utility>

#include "patterns/bracket.h"
#include "patterns/flavours.h"

namespace relayproof::patterns {
namespace {

enum class Token : std::uint8_t {
  end,
  literal,
  any,
  bracket,
  open,
  close,
  alternative,
  star,
  plus,
  question,
  interval,
  caret,
  dollar,
  reference,
  escaped,  ///< a GNU operator: backslash and a letter
};

struct Operator {
  std::string_view text;
  Token token;
};

constexpr Operator extended_operators[] = {
    {"(", Token::open},   {")", Token::close},    {"|", Token::alternative}, {"*", Token::star},
    {"+", Token::plus},   {"?", Token::question}, {"{", Token::interval},    {"^", Token::caret},
    {"$", Token::dollar}, {".", Token::any},      {"[", Token::bracket},
};

constexpr Operator basic_operators[] = {
    {"\\(", Token::open}, {"\\)", Token::close},    {"\\|", Token::alternative},
    {"*", Token::star},   {"\\+", Token::plus},     {"\\?", Token::question},
    {"^", Token::caret},  {"\\{", Token::interval}, {"$", Token::dollar},
    {".", Token::any},    {"[", Token::bracket},
};

struct GnuAssertion {
  char letter;
  Assertion assertion;
};

constexpr GnuAssertion gnu_assertions[] = {
    {'b', Assertion::word_boundary}, {'B', Assertion::no_word_boundary},
    {'<', Assertion::word_start},    {'>', Assertion::word_end},
    {'`', Assertion::subject_start}, {'\'', Assertion::subject_end},
};

constexpr std::string_view gnu_letters = "wWsSbB<>`'";

class PosixParser {
 public:
  PosixParser(std::string_view pattern, bool extended, const Options& options)
      : cursor_{pattern}, extended_(extended), options_(options) {
    parsed_.ends_at_nul = true;
    parsed_.caret_at_end = true;
  }

  std::optional<Parsed> run();

 private:
  struct Seen {
    Token token = Token::end;
    std::size_t length = 0;
    char letter = 0;  ///< what an escape or a literal is about
  };

  Seen see() const;
  Seen see_escaped() const;
  bool is_anchor(Token token) const;
  Syntax alternation();
  Syntax branch();
  Syntax expression();
  Syntax quantified(Syntax item);
  bool interval(std::size_t& least, std::optional<std::size_t>& most);
  std::optional<std::size_t> number();
  Syntax group();
  Syntax bracket();
  Syntax gnu_operator(char letter);
  Syntax literal(char c) const;
  Syntax fail() {
    failed_ = true;
    return {};
  }

  Cursor cursor_;
  bool extended_;
  Options options_;
  bool failed_ = false;
  bool at_start_ = true;        ///< of a branch, where a basic `^` is an anchor
  bool behind_anchor_ = false;  ///< there as at the start a basic `*` is itself
  std::size_t depth_ = 0;
  Parsed parsed_;
};

/// Goes through a pattern from one end to the other, and looks for an anchor where a newline may
/// have been matched on the way.
class AnchorSearch {
 public:
  explicit AnchorSearch(Assertion anchor) : anchor_(anchor) {}

  bool finds(const Syntax& syntax) {
    switch (syntax.kind) {
      case SyntaxKind::assertion:
        return newline_ && syntax.assertion == anchor_;
      case SyntaxKind::bytes:
        newline_ = newline_ || syntax.bytes['\n'];
        return false;
      case SyntaxKind::alternation:
        return finds_in_one_of(syntax.parts);
      default:
        newline_ = newline_ || syntax.kind == SyntaxKind::backreference;
        return finds_in_turn(syntax);
    }
  }

 private:
  bool finds_in_one_of(const std::vector<Syntax>& choices) {
    const bool before = newline_;
    bool found = false;
    bool any = before;
    for (const auto& choice : choices) {
      newline_ = before;
      found = finds(choice) || found;
      any = any || newline_;
    }
    newline_ = any;
    return found;
  }

  bool finds_in_turn(const Syntax& syntax) {
    const std::size_t count = syntax.parts.size();
    bool found = false;
    for (std::size_t i = 0; i < count; ++i) {
      const bool forwards = anchor_ == Assertion::subject_start;
      found = finds(syntax.parts[forwards ? i : count - 1 - i]) || found;
    }
    return found;
  }

  Assertion anchor_;
  bool newline_ = false;
};

bool repeats_anchor(const Syntax& syntax, bool is_repeated = false) {
  if (syntax.kind == SyntaxKind::assertion) return is_repeated;
  const bool repeats = syntax.kind == SyntaxKind::repeat && syntax.most != 1;
  return std::ranges::any_of(syntax.parts, [&](const Syntax& part) {
    return repeats_anchor(part, is_repeated || repeats);
  });
}

std::optional<Parsed> PosixParser::run() {
  parsed_.syntax = alternation();
  if (failed_ || cursor_.more()) return std::nullopt;
  parsed_.anchors_at_lines = AnchorSearch(Assertion::subject_start).finds(parsed_.syntax) ||
                             AnchorSearch(Assertion::subject_end).finds(parsed_.syntax);
  parsed_.anchors_anywhere = repeats_anchor(parsed_.syntax);
  return std::move(parsed_);
}

PosixParser::Seen PosixParser::see() const {
  if (!cursor_.more()) return {};
  const auto operators = extended_ ? std::span<const Operator>(extended_operators)
                                   : std::span<const Operator>(basic_operators);
  for (const auto& each : operators) {
    if (!cursor_.sees(each.text)) continue;
    // A parenthesis that closes nothing is itself.
    const bool stray = extended_ && each.token == Token::close && depth_ <= 1;
    if (stray || !is_anchor(each.token)) return {Token::literal, 1, cursor_.peek()};
    return {each.token, each.text.size(), each.text.back()};
  }
  if (cursor_.peek() == '\\') return see_escaped();
  return {Token::literal, 1, cursor_.peek()};
}

/// False for a `^` or `$` that is itself where it stands; true for everything else.
bool PosixParser::is_anchor(Token token) const {
  if (extended_) return true;
  if (token == Token::caret) return at_start_;
  if (token != Token::dollar) return true;
  const auto behind = cursor_.rest().substr(1);
  return behind.empty() || behind.starts_with("\\)") || behind.starts_with("\\|");
}

PosixParser::Seen PosixParser::see_escaped() const {
  const char letter = cursor_.peek(1);
  if (letter == 0) return {Token::end, 0, 0};
  if (letter >= '1' && letter <= '9') return {Token::reference, 2, letter};
  if (gnu_letters.find(letter) != std::string_view::npos) return {Token::escaped, 2, letter};
  return {Token::literal, 2, letter};
}

Syntax PosixParser::alternation() {
  if (++depth_ > deepest_pattern) return fail();
  std::vector<Syntax> branches;
  for (;;) {
    at_start_ = true;
    behind_anchor_ = false;
    branches.push_back(branch());
    const Seen seen = see();
    if (failed_ || seen.token != Token::alternative) break;
    cursor_.at += seen.length;
  }
  --depth_;
  return choice(std::move(branches));
}

Syntax PosixParser::branch() {
  std::vector<Syntax> items;
  while (!failed_) {
    const Token token = see().token;
    if (token == Token::end || token == Token::alternative || token == Token::close) break;
    items.push_back(expression());
  }
  return sequence(std::move(items));
}

Syntax PosixParser::expression() {
  const Seen seen = see();
  const bool start = std::exchange(at_start_, false);
  const bool started = std::exchange(behind_anchor_, false) || start;
  cursor_.at += seen.length;
  switch (seen.token) {
    case Token::open:
      return quantified(group());
    case Token::bracket:
      return quantified(bracket());
    case Token::any: {
      const ByteSet newline = options_.multiline ? byte('\n') : ByteSet();
      return quantified(bytes_syntax(~newline & ~byte(0)));
    }
    case Token::caret:
    case Token::dollar: {
      // Nothing repeats an anchor: the star behind it is itself in basic expressions.
      behind_anchor_ = true;
      const bool caret = seen.token == Token::caret;
      if (options_.multiline) {
        return assertion_syntax(caret ? Assertion::line_start : Assertion::line_end);
      }
      return assertion_syntax(caret ? Assertion::subject_start : Assertion::subject_end);
    }
    case Token::escaped:
      return gnu_operator(seen.letter);
    case Token::reference:
      return quantified({.kind = SyntaxKind::backreference,
                         .uncertain = options_.ignore_case,
                         .group = static_cast<std::size_t>(seen.letter - '0')});
    case Token::literal: {
      Syntax one = literal(seen.letter);
      // glibc 2.36 turns the pattern to capitals, but not what follows a backslash: where case is
      // ignored, `\q` matches nothing.
      const auto letter = static_cast<unsigned char>(seen.letter);
      one.uncertain = seen.length == 2 && options_.ignore_case && to_upper(letter) != letter;
      return quantified(std::move(one));
    }
    default:
      // A quantifier with nothing before it.
      return extended_ || !started ? fail() : quantified(literal(seen.letter));
  }
}

Syntax PosixParser::literal(char c) const {
  const ByteSet set = byte(static_cast<unsigned char>(c));
  return bytes_syntax(options_.ignore_case ? with_both_cases(set) : set);
}

Syntax PosixParser::quantified(Syntax item) {
  constexpr std::size_t most_quantifiers = 5;
  for (std::size_t quantifiers = 0; !failed_; ++quantifiers) {
    if (quantifiers > most_quantifiers) return fail();
    std::size_t least = 0;
    std::optional<std::size_t> most;
    const Seen seen = see();
    const bool repeats = seen.token == Token::star || seen.token == Token::plus ||
                         seen.token == Token::question || seen.token == Token::interval;
    if (!repeats) return item;
    cursor_.at += seen.length;
    if (seen.token == Token::plus) least = 1;
    if (seen.token == Token::question) most = 1;
    if (seen.token == Token::interval && !interval(least, most)) return fail();
    Syntax repeat{.kind = SyntaxKind::repeat, .least = least, .most = most};
    repeat.parts.push_back(std::move(item));
    item = std::move(repeat);
  }
  return item;
}

std::optional<std::size_t> PosixParser::number() {
  constexpr std::size_t most = 32767;  // RE_DUP_MAX
  std::size_t value = 0;
  const std::size_t first = cursor_.at;
  for (; cursor_.peek() >= '0' && cursor_.peek() <= '9'; ++cursor_.at) {
    value = std::min(most + 1, value * 10 + static_cast<std::size_t>(cursor_.peek() - '0'));
  }
  if (cursor_.at == first || value > most) return std::nullopt;
  return value;
}

/// `2}`, `2,}`, `2,3}` and glibc's `,3}`.
bool PosixParser::interval(std::size_t& least, std::optional<std::size_t>& most) {
  const auto first = number();
  if (!first && cursor_.peek() != ',') return false;
  least = first.value_or(0);
  most = least;
  if (cursor_.take(",")) {
    most = number();
    if (!most && !first) return false;
  }
  return cursor_.take(extended_ ? "}" : "\\}");
}

Syntax PosixParser::group() {
  Syntax opened{.kind = SyntaxKind::group, .group = ++parsed_.groups};
  opened.parts.push_back(alternation());
  const Seen seen = see();
  // depth_ is that of the outside again, so see() may take the parenthesis for a stray one.
  const std::string_view closing = extended_ ? ")" : "\\)";
  if (failed_ || seen.token == Token::end || !cursor_.take(closing)) return fail();
  at_start_ = false;
  behind_anchor_ = false;
  return opened;
}

Syntax PosixParser::bracket() {
  ByteSet never_negated = byte(0);
  if (options_.multiline) never_negated |= byte('\n');
  const auto set = posix_class(cursor_, options_.ignore_case, never_negated);
  return set ? bytes_syntax(*set & ~byte(0)) : fail();
}

Syntax PosixParser::gnu_operator(char letter) {
  for (const auto& each : gnu_assertions) {
    if (each.letter != letter) continue;
    behind_anchor_ = true;
    return assertion_syntax(each.assertion);
  }
  const bool negated = letter == 'W' || letter == 'S';
  const ByteSet set = named_class(letter == 'w' || letter == 'W' ? "word" : "space");
  return quantified(bytes_syntax((negated ? ~set : set) & ~byte(0)));
}

}  // namespace

std::optional<Parsed> parse_posix(std::string_view pattern, bool extended, const Options& options) {
  return PosixParser(pattern, extended, options).run();
}

}  // namespace relayproof::patterns
