#include "patterns/syntax.h"

#include <algorithm>
#include <utility>

namespace relayproof::patterns {
namespace {

Syntax joined(SyntaxKind kind, std::vector<Syntax> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Syntax whole{.kind = kind};
  whole.parts = std::move(parts);
  return whole;
}

bool holds_group(const Syntax& syntax, std::size_t group) {
  if (syntax.kind == SyntaxKind::group && syntax.group == group) return true;
  return std::ranges::any_of(syntax.parts,
                             [&](const Syntax& part) { return holds_group(part, group); });
}

/// Leaves out the ways past the group.
void require(Syntax& syntax, std::size_t group, std::string_view wanted) {
  if (syntax.kind == SyntaxKind::group && syntax.group == group) syntax.wanted = wanted;
  if (!holds_group(syntax, group)) return;
  if (syntax.kind == SyntaxKind::alternation) {
    std::erase_if(syntax.parts, [&](const Syntax& part) { return !holds_group(part, group); });
  }
  if (syntax.kind == SyntaxKind::repeat) syntax.least = std::max<std::size_t>(syntax.least, 1);
  for (auto& part : syntax.parts) require(part, group, wanted);
}

}  // namespace

Syntax bytes_syntax(const ByteSet& set) { return {.kind = SyntaxKind::bytes, .bytes = set}; }

Syntax assertion_syntax(Assertion assertion) {
  return {.kind = SyntaxKind::assertion, .assertion = assertion};
}

Syntax opaque_syntax() { return {.kind = SyntaxKind::opaque}; }

Syntax sequence(std::vector<Syntax> parts) {
  if (parts.empty()) return {};
  return joined(SyntaxKind::concat, std::move(parts));
}

Syntax choice(std::vector<Syntax> parts) {
  return joined(SyntaxKind::alternation, std::move(parts));
}

Language capturing(const Parsed& parsed, std::size_t group, std::string_view wanted) {
  Parsed constrained = parsed;
  if (group == 0) {
    Syntax whole{.kind = SyntaxKind::group, .wanted = std::string(wanted)};
    whole.parts.push_back(std::move(constrained.syntax));
    constrained.syntax = std::move(whole);
  } else {
    require(constrained.syntax, group, wanted);
  }
  return bounds_of(constrained).upper;
}

}  // namespace relayproof::patterns
