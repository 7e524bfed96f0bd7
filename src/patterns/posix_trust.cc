#include "patterns/posix_trust.h"

#include <algorithm>

namespace relayproof::patterns {
namespace {

bool has(const Syntax& syntax, SyntaxKind kind) {
  return syntax.kind == kind ||
         std::ranges::any_of(syntax.parts, [&](const Syntax& part) { return has(part, kind); });
}

bool may_be_empty(const Syntax& syntax) {
  switch (syntax.kind) {
    case SyntaxKind::bytes:
      return false;
    case SyntaxKind::concat:
    case SyntaxKind::group:
      return std::ranges::all_of(syntax.parts, may_be_empty);
    case SyntaxKind::alternation:
      return std::ranges::any_of(syntax.parts, may_be_empty);
    case SyntaxKind::repeat:
      return syntax.least == 0 || std::ranges::all_of(syntax.parts, may_be_empty);
    default:
      return true;
  }
}

// `\(a\)b\1`
bool refers_back_in_a_row(const Syntax& syntax) {
  return syntax.kind == SyntaxKind::concat &&
         std::ranges::all_of(syntax.parts, [](const Syntax& part) {
           if (part.kind == SyntaxKind::backreference) return true;
           if (has(part, SyntaxKind::backreference)) return false;
           const auto& inside = part.kind == SyntaxKind::group ? part.parts.front() : part;
           return !has(inside, SyntaxKind::group);
         });
}

// `(a*)*`, `(a|)?`
bool repeats_empty_groups(const Syntax& syntax) {
  if (syntax.kind == SyntaxKind::repeat && has(syntax, SyntaxKind::group) &&
      std::ranges::all_of(syntax.parts, may_be_empty)) {
    return true;
  }
  return std::ranges::any_of(syntax.parts, repeats_empty_groups);
}

}  // namespace

PosixTrust posix_trust(const std::optional<Parsed>& parsed) {
  if (!parsed) return {};
  return {refers_back_in_a_row(parsed->syntax), !repeats_empty_groups(parsed->syntax)};
}

}  // namespace relayproof::patterns
