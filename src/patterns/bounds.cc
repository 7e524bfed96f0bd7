// From syntax trees to languages, from right to left: the language of a part *and all that follows
// it* is computed from the language of what follows. So an assertion about what follows is an
// intersection; for assertions about what went before, everything is computed once for each kind
// of byte that may stand there.
#include <algorithm>
#include <functional>
#include <utility>

#include "patterns/node.h"
#include "patterns/syntax.h"

namespace relayproof::patterns {
namespace {

/// Which of the two bounds is computed.
enum class Side : std::uint8_t { lower, upper };

Side other(Side side) { return side == Side::lower ? Side::upper : Side::lower; }

/// What may follow, by what stands before: 0 is the start of the subject, then Bounder::before_.
using Rest = std::vector<Language>;

bool same_everywhere(const Rest& rest, std::size_t from) {
  return std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(from), rest.end(),
                     [&](auto& each) { return LanguageNodes::identical(each, rest[from]); });
}

/// Place by place. Where it is the same everywhere, it is one and the same node.
Rest both(const Rest& a, const Rest& b) {
  if (same_everywhere(a, 0) && same_everywhere(b, 0)) return Rest(a.size(), a[0] & b[0]);
  Rest common;
  for (std::size_t i = 0; i < a.size(); ++i) common.push_back(a[i] & b[i]);
  return common;
}

Rest any_of(const std::vector<Rest>& choices) {
  std::vector<Language> here;
  const auto united = [&](std::size_t context) {
    here.clear();
    for (const auto& choice : choices) here.push_back(choice[context]);
    return Language::union_of(here);
  };
  const std::size_t contexts = choices.front().size();
  if (std::ranges::all_of(choices, [](auto& choice) { return same_everywhere(choice, 0); })) {
    return Rest(contexts, united(0));
  }
  Rest united_rest;
  for (std::size_t context = 0; context < contexts; ++context) {
    united_rest.push_back(united(context));
  }
  return united_rest;
}

Rest negated(const Rest& rest) {
  if (same_everywhere(rest, 0)) return Rest(rest.size(), ~rest[0]);
  Rest negation;
  for (const auto& each : rest) negation.push_back(~each);
  return negation;
}

bool is_width_free(const Syntax& syntax) {
  return syntax.kind == SyntaxKind::assertion || syntax.kind == SyntaxKind::look;
}

bool looks_around(const Syntax& syntax) {
  return is_width_free(syntax) || std::ranges::any_of(syntax.parts, looks_around);
}

const Syntax* find_group(const Syntax& syntax, std::size_t group) {
  if (syntax.kind == SyntaxKind::group && syntax.group == group) return &syntax;
  for (const auto& part : syntax.parts) {
    if (const Syntax* found = find_group(part, group)) return found;
  }
  return nullptr;
}

class Bounder {
 public:
  explicit Bounder(const Parsed& parsed);

  Bounds bounds();
  Language plain(const Syntax& syntax, Side side);

 private:
  Language whole(Side side);
  void divide(const Syntax& syntax);
  void divide_by(const ByteSet& set);
  Rest match(const Syntax& syntax, const Rest& rest, Side side);
  Rest behind_plain(const Language& language, const Rest& rest);
  Rest behind_bytes(const ByteSet& set, const Rest& rest);
  Rest match_concat(const Syntax& syntax, const Rest& rest, Side side);
  Rest match_repeat(const Syntax& syntax, const Rest& rest, Side side);
  Rest match_assertion(const Syntax& syntax, const Rest& rest);
  Rest match_look(const Syntax& syntax, const Rest& rest, Side side);
  Language word_rest(Assertion assertion, std::size_t context) const;
  /// Without the byte at which the engine stops to read.
  ByteSet readable(const ByteSet& set) const { return parsed_.ends_at_nul ? set & ~byte(0) : set; }
  std::optional<bool> stands_before(const Syntax& syntax, std::size_t context) const;
  Language plain_backreference(const Syntax& syntax, Side side);
  Rest nothing() const { return Rest(contexts(), none_); }
  Rest anything() const { return Rest(contexts(), all_); }
  std::size_t contexts() const { return before_.size() + 1; }

  const Parsed& parsed_;
  std::vector<ByteSet> before_;  ///< the kinds of bytes that assertions tell apart
  bool exact_ = true;            ///< so far both sides are the same
  bool in_backreference_ = false;
  const ByteSet word_ = named_class("word");
  const ByteSet newline_ = byte('\n');
  const Language none_ = Language::none();
  const Language all_ = Language::all();
  Language end_ = Language::text("");  ///< what the engine takes for the end of the subject
};

Bounder::Bounder(const Parsed& parsed) : parsed_(parsed) {
  ByteSet searched = ~ByteSet();
  if (parsed.ends_at_nul) {
    searched.reset(0);
    end_ = end_ | Language::text(std::string_view("\0", 1)).then(all_);
  }
  before_ = {searched};
  divide(parsed.syntax);
}

void Bounder::divide_by(const ByteSet& set) {
  std::vector<ByteSet> divided;
  for (const auto& kind : before_) {
    for (const auto& piece : {kind & set, kind & ~set}) {
      if (piece.any()) divided.push_back(piece);
    }
  }
  before_ = std::move(divided);
}

/// Divides the bytes as the assertions in the tree do.
void Bounder::divide(const Syntax& syntax) {
  const bool about_words =
      syntax.kind == SyntaxKind::assertion && syntax.assertion >= Assertion::word_boundary;
  if (about_words) divide_by(word_);
  if (syntax.kind == SyntaxKind::assertion && syntax.assertion == Assertion::line_start) {
    divide_by(newline_);
  }
  if (syntax.kind == SyntaxKind::look && !syntax.ahead) {
    std::vector<const Syntax*> open{&syntax.parts.front()};
    while (!open.empty()) {
      const Syntax& inner = *open.back();
      open.pop_back();
      // A few: their number may double with each.
      if (inner.kind == SyntaxKind::bytes && before_.size() < 16) divide_by(inner.bytes);
      for (const auto& part : inner.parts) open.push_back(&part);
    }
  }
  for (const auto& part : syntax.parts) divide(part);
}

Bounds Bounder::bounds() {
  const Language upper = whole(Side::upper);
  if (exact_) return {upper, upper};
  return {whole(Side::lower), upper};
}

/// The subjects in which the pattern is found.
Language Bounder::whole(Side side) {
  const Rest found = match(parsed_.syntax, anything(), side);
  if (parsed_.anchored) return found[0];
  ByteSet searched;
  for (const auto& kind : before_) searched |= kind;
  const Language skipped =
      searched.all() ? all_ : LanguageNodes::bytes(searched).repeated(0, std::nullopt);
  if (same_everywhere(found, 0)) return skipped.then(found[0]);
  Language subjects = found[0];
  for (std::size_t i = 0; i < before_.size(); ++i) {
    const Language last = LanguageNodes::bytes(before_[i]);
    subjects = subjects | skipped.then(last).then(found[i + 1]);
  }
  return subjects;
}

/// What the tree takes, assertions aside: with them it may take less, so no lower bound.
Language Bounder::plain(const Syntax& syntax, Side side) {
  const bool upper = side == Side::upper;
  switch (syntax.kind) {
    case SyntaxKind::empty:
    case SyntaxKind::look:
    case SyntaxKind::assertion:
      return Language::text("");
    case SyntaxKind::bytes:
      if (syntax.uncertain) exact_ = false;
      if (syntax.uncertain && !upper) return none_;
      return LanguageNodes::bytes(readable(syntax.bytes));
    case SyntaxKind::concat: {
      std::vector<Language> parts;
      for (const auto& part : syntax.parts) parts.push_back(plain(part, side));
      return LanguageNodes::concat(parts);
    }
    case SyntaxKind::alternation: {
      std::vector<Language> choices;
      for (const auto& part : syntax.parts) choices.push_back(plain(part, side));
      return Language::union_of(choices);
    }
    case SyntaxKind::repeat:
    case SyntaxKind::group: {
      if (syntax.atomic) exact_ = false;
      if (syntax.atomic && !upper) return none_;
      const Language once = plain(syntax.parts.front(), side);
      if (syntax.kind == SyntaxKind::repeat) return once.repeated(syntax.least, syntax.most);
      return syntax.wanted ? once & Language::text(*syntax.wanted) : once;
    }
    case SyntaxKind::backreference:
      return plain_backreference(syntax, side);
    case SyntaxKind::opaque:
      exact_ = false;
      return upper ? all_ : none_;
  }
  return all_;
}

Language Bounder::plain_backreference(const Syntax& syntax, Side side) {
  exact_ = false;
  if (side == Side::lower) return none_;
  const Syntax* group = find_group(parsed_.syntax, syntax.group);
  // One inside another, or inside its own group, would not end.
  if (!group || syntax.uncertain || in_backreference_) return all_;
  in_backreference_ = true;
  const Language language = plain(*group, Side::upper);
  in_backreference_ = false;
  return language;
}

Rest Bounder::match(const Syntax& syntax, const Rest& rest, Side side) {
  if (syntax.kind == SyntaxKind::bytes && !syntax.uncertain) {
    return behind_bytes(syntax.bytes, rest);
  }
  if (!looks_around(syntax)) return behind_plain(plain(syntax, side), rest);
  switch (syntax.kind) {
    case SyntaxKind::concat:
      return match_concat(syntax, rest, side);
    case SyntaxKind::alternation: {
      std::vector<Rest> choices;
      for (const auto& part : syntax.parts) choices.push_back(match(part, rest, side));
      return any_of(choices);
    }
    case SyntaxKind::group:
      if (syntax.wanted) return behind_plain(plain(syntax, side), rest);
      if (syntax.atomic) exact_ = false;
      if (syntax.atomic && side == Side::lower) return nothing();
      return match(syntax.parts.front(), rest, side);
    case SyntaxKind::repeat:
      return match_repeat(syntax, rest, side);
    case SyntaxKind::look:
      return match_look(syntax, rest, side);
    default:
      return match_assertion(syntax, rest);
  }
}

Rest Bounder::match_concat(const Syntax& syntax, const Rest& rest, Side side) {
  Rest whole = rest;
  for (std::size_t i = syntax.parts.size(); i > 0; --i) {
    if (looks_around(syntax.parts[i - 1]) || !same_everywhere(whole, 0)) {
      whole = match(syntax.parts[i - 1], whole, side);
      continue;
    }
    // As many at once as do not look around.
    std::vector<Language> run{whole[0]};
    for (; i > 0 && !looks_around(syntax.parts[i - 1]); --i) {
      run.push_back(plain(syntax.parts[i - 1], side));
    }
    ++i;
    std::ranges::reverse(run);
    whole = Rest(contexts(), LanguageNodes::concat(run));
  }
  return whole;
}

/// One byte, then what may follow a byte of its kind.
Rest Bounder::behind_bytes(const ByteSet& set, const Rest& rest) {
  const ByteSet taken = readable(set);
  if (same_everywhere(rest, 1)) {
    return Rest(contexts(), LanguageNodes::bytes(taken).then(rest[1]));
  }
  Language whole = none_;
  for (std::size_t i = 0; i < before_.size(); ++i) {
    const ByteSet kind = taken & before_[i];
    if (kind.any()) whole = whole | LanguageNodes::bytes(kind).then(rest[i + 1]);
  }
  return Rest(contexts(), whole);
}

Rest Bounder::behind_plain(const Language& language, const Rest& rest) {
  if (same_everywhere(rest, 0)) return Rest(contexts(), language.then(rest[0]));
  // Where it took something, its last byte says what stands before the rest.
  Language some = none_;
  for (std::size_t i = 0; i < before_.size(); ++i) {
    const Language ending = all_.then(LanguageNodes::bytes(before_[i]));
    some = some | (language & ending).then(rest[i + 1]);
  }
  const Language nothing_taken = language & Language::text("");
  Rest whole;
  for (const auto& each : rest) whole.push_back(nothing_taken.then(each) | some);
  return whole;
}

/// Of a part that looks around: a few repetitions are written out.
Rest Bounder::match_repeat(const Syntax& syntax, const Rest& rest, Side side) {
  constexpr std::size_t few = 3;
  const Syntax& once = syntax.parts.front();
  if (syntax.atomic) exact_ = false;
  if (syntax.atomic && side == Side::lower) return nothing();
  const bool written_out = syntax.most.value_or(few + 1) <= few;
  if (!written_out) exact_ = false;
  if (!written_out && side == Side::upper) return behind_plain(plain(syntax, side), rest);
  if (syntax.least > few) return nothing();
  Rest whole = rest;
  for (std::size_t i = syntax.least; i < std::min(syntax.most.value_or(few), few); ++i) {
    whole = any_of({rest, match(once, whole, side)});
  }
  for (std::size_t i = 0; i < syntax.least; ++i) whole = match(once, whole, side);
  return whole;
}

Rest Bounder::match_assertion(const Syntax& syntax, const Rest& rest) {
  const Language newline = Language::text("\n");
  Rest whole;
  for (std::size_t context = 0; context < contexts(); ++context) {
    const Language& here = rest[context];
    const bool behind_newline = context > 0 && before_[context - 1] == newline_;
    switch (syntax.assertion) {
      case Assertion::subject_start:
        whole.push_back(context == 0 ? here : none_);
        break;
      case Assertion::line_start:
        if (behind_newline) {
          whole.push_back(parsed_.caret_at_end ? here : here & ~end_);
        } else {
          whole.push_back(context == 0 ? here : none_);
        }
        break;
      case Assertion::subject_end:
        whole.push_back(here & end_);
        break;
      case Assertion::final_end:
        whole.push_back(here & (end_ | newline));
        break;
      case Assertion::line_end:
        whole.push_back(here & (end_ | newline.then(all_)));
        break;
      default:
        whole.push_back(here & word_rest(syntax.assertion, context));
    }
  }
  if (syntax.assertion >= Assertion::subject_end && syntax.assertion <= Assertion::line_end &&
      same_everywhere(rest, 0)) {
    std::fill(whole.begin(), whole.end(), whole.front());
  }
  return whole;
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

}  // namespace

Bounds unknown_bounds() { return {Language::none(), Language::all()}; }

Bounds bounds_of(const Parsed& parsed) { return Bounder(parsed).bounds(); }

std::optional<Language> group_language(const Parsed& parsed, std::size_t group) {
  const Syntax* found = group == 0 ? &parsed.syntax : find_group(parsed.syntax, group);
  if (!found) return std::nullopt;
  return Bounder(parsed).plain(*found, Side::upper);
}

}  // namespace relayproof::patterns
