// The languages of anchors, boundaries, lookaheads and lookbehinds.
#include <algorithm>

#include "patterns/bounder.h"

namespace relayproof::patterns {
namespace {

Side other(Side side) { return side == Side::lower ? Side::upper : Side::lower; }

}  // namespace

Rest Bounder::match_assertion(Assertion assertion, const Rest& rest) {
  const bool about_end = assertion >= Assertion::subject_end && assertion <= Assertion::line_end;
  if (about_end && same_everywhere(rest, 0)) {
    return Rest(contexts(), rest[0] & follows(assertion, 0));
  }
  Rest whole;
  for (std::size_t context = 0; context < contexts(); ++context) {
    whole.push_back(rest[context] & follows(assertion, context));
  }
  return whole;
}

/// What must follow for the assertion to hold.
Language Bounder::follows(Assertion assertion, std::size_t context) const {
  const Language newline = Language::text("\n");
  switch (assertion) {
    case Assertion::subject_start:
      return context == 0 ? all_ : none_;
    case Assertion::line_start:
      if (context == 0) return all_;
      if (before_[context - 1] != newline_) return none_;
      return parsed_.caret_at_end ? all_ : ~end_;
    case Assertion::subject_end:
      return end_;
    case Assertion::final_end:
      return end_ | newline;
    case Assertion::line_end:
      return end_ | newline.then(all_);
    default:
      return word_rest(assertion, context);
  }
}

/// What must follow for an assertion about words to hold.
Language Bounder::word_rest(Assertion assertion, std::size_t context) const {
  const bool behind_word = context > 0 && (before_[context - 1] & word_).any();
  const Language word_follows = LanguageNodes::bytes(word_).then(all_);
  const Language none_follows = ~word_follows;
  switch (assertion) {
    case Assertion::word_boundary:
      return behind_word ? none_follows : word_follows;
    case Assertion::no_word_boundary:
      return behind_word ? word_follows : none_follows;
    case Assertion::word_start:
      return behind_word ? none_ : word_follows;
    default:
      return behind_word ? none_follows : none_;
  }
}

Rest Bounder::match_look(const Syntax& syntax, const Rest& rest, Side side) {
  const Syntax& inner = syntax.parts.front();
  Rest whole;
  if (syntax.ahead) {
    const Rest seen = match(inner, anything(), syntax.negative ? other(side) : side);
    return both(rest, syntax.negative ? negated(seen) : seen);
  }
  for (std::size_t context = 0; context < contexts(); ++context) {
    const auto before = stands_before(inner, context);
    if (!before) exact_ = false;
    const bool holds = before ? *before != syntax.negative : side == Side::upper;
    whole.push_back(holds ? rest[context] : none_);
  }
  return whole;
}

/// Whether text that the tree takes ends here; nullopt if the last byte does not tell.
std::optional<bool> Bounder::stands_before(const Syntax& syntax, std::size_t context) const {
  switch (syntax.kind) {
    case SyntaxKind::empty:
      return true;
    case SyntaxKind::bytes: {
      if (context == 0) return false;
      const ByteSet& kind = before_[context - 1];
      if (syntax.uncertain || ((kind & syntax.bytes).any() && (kind & ~syntax.bytes).any())) {
        return std::nullopt;
      }
      return (kind & syntax.bytes).any();
    }
    case SyntaxKind::group:
      return stands_before(syntax.parts.front(), context);
    case SyntaxKind::alternation: {
      std::optional<bool> any = false;
      for (const auto& part : syntax.parts) {
        const auto one = stands_before(part, context);
        if (one.value_or(false)) return true;
        if (!one) any = std::nullopt;
      }
      return any;
    }
    case SyntaxKind::assertion:
      if (syntax.assertion == Assertion::subject_start) return context == 0;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace relayproof::patterns
