#include "patterns/language.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "patterns/node.h"
#include "patterns/terms.h"

namespace relayproof::patterns {
namespace {

using Node = Language::Node;
using Link = Node::Link;

Language leaf(TermKind kind) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  return LanguageNodes::of(std::move(node));
}

/// `a` and `b` under one operator; an operand that has the same operator on top is opened.
Language joined(TermKind kind, const Language& a, const Language& b) {
  auto node = std::make_shared<Node>();
  node->kind = kind;
  for (const Language* operand : {&a, &b}) {
    const Link& link = LanguageNodes::link(*operand);
    if (link->kind == kind) {
      node->parts.insert(node->parts.end(), link->parts.begin(), link->parts.end());
    } else {
      node->parts.push_back(link);
    }
  }
  return LanguageNodes::of(std::move(node));
}

/// No more than contains() needs for any string: its cost is bounded by that string.
constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

}  // namespace

Language::Node::~Node() {
  std::vector<Link> open = std::move(parts);
  while (!open.empty()) {
    const Link last = std::move(open.back());
    open.pop_back();
    if (last.use_count() != 1) continue;
    std::move(last->parts.begin(), last->parts.end(), std::back_inserter(open));
    last->parts.clear();
  }
}

Language LanguageNodes::bytes(const ByteSet& set) {
  auto node = std::make_shared<Node>();
  node->kind = TermKind::bytes;
  node->bytes = set;
  return of(std::move(node));
}

Language LanguageNodes::concat(const std::vector<Language>& parts) {
  auto node = std::make_shared<Node>();
  node->kind = TermKind::concat;
  for (const auto& part : parts) node->parts.push_back(part.node_);
  return of(std::move(node));
}

Language Language::none() { return leaf(TermKind::none); }
Language Language::all() { return leaf(TermKind::all); }

Language Language::text(std::string_view exact) {
  auto node = std::make_shared<Node>();
  node->kind = TermKind::text;
  node->text = exact;
  return Language(std::move(node));
}

Language Language::text_ignoring_case(std::string_view exact) {
  auto node = std::make_shared<Node>();
  node->kind = TermKind::concat;
  for (const char each : exact) {
    const auto set = with_both_cases(byte(static_cast<unsigned char>(each)));
    node->parts.push_back(LanguageNodes::link(LanguageNodes::bytes(set)));
  }
  return Language(std::move(node));
}

Language Language::one_of(const std::function<bool(unsigned char)>& member) {
  ByteSet set;
  for (std::size_t value = 0; value < set.size(); ++value) {
    if (member(static_cast<unsigned char>(value))) set.set(value);
  }
  return LanguageNodes::bytes(set);
}

Language Language::union_of(std::span<const Language> languages) {
  auto node = std::make_shared<Node>();
  node->kind = TermKind::alternation;
  for (const auto& language : languages) node->parts.push_back(language.node_);
  return Language(std::move(node));
}

Language Language::then(const Language& next) const {
  return joined(TermKind::concat, *this, next);
}

Language Language::repeated(std::size_t least, std::optional<std::size_t> most) const {
  auto node = std::make_shared<Node>();
  node->kind = most && *most < least ? TermKind::none : TermKind::repeat;
  node->parts = {node_};
  node->least = least;
  node->most = most;
  return Language(std::move(node));
}

Language Language::operator|(const Language& other) const {
  return joined(TermKind::alternation, *this, other);
}

Language Language::operator&(const Language& other) const {
  return joined(TermKind::intersection, *this, other);
}

Language Language::operator~() const {
  auto node = std::make_shared<Node>();
  node->kind = TermKind::complement;
  node->parts = {node_};
  return Language(std::move(node));
}

bool Language::contains(std::string_view string) const {
  Terms terms(unlimited, Terms::Use::one_string);
  TermId rest = terms.add(*this);
  for (const char each : string) {
    rest = terms.derivative(rest, static_cast<unsigned char>(each));
    if (terms.full()) throw std::length_error("a language is nested too deeply");
    if (rest == Terms::none) return false;
  }
  return terms.nullable(rest);
}

bool Language::same_term(const Language& other) const {
  if (node_ == other.node_) return true;
  Terms terms(unlimited, Terms::Use::one_string);
  return terms.add(*this) == terms.add(other);
}

}  // namespace relayproof::patterns
