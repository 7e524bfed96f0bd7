#include <algorithm>
#include <utility>

#include "patterns/bounder.h"

namespace relayproof::patterns {
namespace {

bool is_width_free(const Syntax& syntax) {
  return syntax.kind == SyntaxKind::assertion || syntax.kind == SyntaxKind::look;
}

bool looks_around(const Syntax& syntax) {
  return is_width_free(syntax) || std::ranges::any_of(syntax.parts, looks_around);
}

}  // namespace

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
  Language upper = whole(Side::upper);
  if (parsed_.anchors_at_lines) {
    exact_ = false;
    upper = upper | all_.then(LanguageNodes::bytes(newline_)).then(all_);
  }
  if (parsed_.anchors_anywhere) {
    exact_ = false;
    upper = all_;
  }
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
      return match_assertion(syntax.assertion, rest);
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

Bounds unknown_bounds() { return {Language::none(), Language::all()}; }

Bounds bounds_of(const Parsed& parsed) { return Bounder(parsed).bounds(); }

std::optional<Language> group_language(const Parsed& parsed, std::size_t group) {
  const Syntax* found = group == 0 ? &parsed.syntax : find_group(parsed.syntax, group);
  if (!found) return std::nullopt;
  return Bounder(parsed).plain(*found, Side::upper);
}

}  // namespace relayproof::patterns
