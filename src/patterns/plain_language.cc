// The languages of parts that do not look around.
#include <utility>

#include "patterns/bounder.h"

namespace relayproof::patterns {

const Syntax* find_group(const Syntax& syntax, std::size_t group) {
  if (syntax.kind == SyntaxKind::group && syntax.group == group) return &syntax;
  for (const auto& part : syntax.parts) {
    if (const Syntax* found = find_group(part, group)) return found;
  }
  return nullptr;
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
    case SyntaxKind::group:
      return plain_inside(syntax, side);
    case SyntaxKind::backreference:
      return plain_backreference(syntax, side);
    case SyntaxKind::opaque:
      exact_ = false;
      return upper ? all_ : none_;
  }
  return all_;
}

/// Of a repetition or a group.
Language Bounder::plain_inside(const Syntax& syntax, Side side) {
  if (syntax.atomic) exact_ = false;
  if (syntax.atomic && side == Side::lower) return none_;
  const Language once = plain(syntax.parts.front(), side);
  if (syntax.kind == SyntaxKind::repeat) return once.repeated(syntax.least, syntax.most);
  return syntax.wanted ? once & Language::text(*syntax.wanted) : once;
}

Language Bounder::plain_backreference(const Syntax& syntax, Side side) {
  exact_ = false;
  if (side == Side::lower) return none_;
  const Syntax* group = find_group(parsed_.syntax, syntax.group);
  // One inside another, or inside its own group, would not end.
  if (!group || syntax.uncertain || in_backreference_) return all_;
  in_backreference_ = true;
  Language language = plain(*group, Side::upper);
  in_backreference_ = false;
  return language;
}

}  // namespace relayproof::patterns
