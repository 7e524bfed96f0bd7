// How a language is written down: the terms behind Language, as they were put together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "patterns/byte_set.h"
#include "patterns/language.h"

namespace relayproof::patterns {

enum class TermKind : std::uint8_t {
  none,
  empty,  ///< only the empty string
  all,
  bytes,  ///< one byte of a set
  text,   ///< one string
  concat,
  alternation,
  intersection,
  complement,
  repeat,
};

struct Language::Node {
  using Link = std::shared_ptr<const Node>;

  TermKind kind = TermKind::none;
  ByteSet bytes;
  std::string text;
  mutable std::vector<Link> parts;
  std::size_t least = 0;
  std::optional<std::size_t> most;

  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  /// Without recursion, however deep the term.
  ~Node();
};

/// Languages from byte sets, and their nodes.
struct LanguageNodes {
  static Language of(Language::Node::Link node) { return Language(std::move(node)); }
  static const Language::Node::Link& link(const Language& language) { return language.node_; }
  static Language bytes(const ByteSet& set);
  static Language concat(const std::vector<Language>& parts);
  /// True if they are one and the same node.
  static bool identical(const Language& a, const Language& b) { return a.node_ == b.node_; }
};

}  // namespace relayproof::patterns
