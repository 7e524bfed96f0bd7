// What Terms computes byte by byte, and how it takes in a Language.
#include <algorithm>
#include <utility>

#include "patterns/terms.h"

namespace relayproof::patterns {
namespace {

/// Recursion goes at most so deep; each level takes less than 1 KiB of the stack.
constexpr std::size_t deepest = 3000;

struct Depth {
  std::size_t& depth;
  explicit Depth(std::size_t& counted) : depth(counted) { ++depth; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;
  ~Depth() { --depth; }
};

}  // namespace

TermId Terms::add(const Language& language) {
  std::unordered_map<const Language::Node*, TermId> added;
  std::vector<const Language::Node*> open{&language.node()};
  std::vector<TermId> ids;
  while (!open.empty() && !full_) {
    const Language::Node* top = open.back();
    const std::size_t before = open.size();
    ids.clear();
    for (const auto& part : top->parts) {
      const auto found = added.find(part.get());
      if (found == added.end()) {
        open.push_back(part.get());
      } else {
        ids.push_back(found->second);
      }
    }
    if (open.size() != before) continue;
    open.pop_back();
    if (!added.contains(top)) added.emplace(top, node(*top, ids));
  }
  return full_ ? none : added.at(&language.node());
}

/// The term for a node whose parts have been added.
TermId Terms::node(const Language::Node& node, std::span<const TermId> ids) {
  const auto narrow = [](std::size_t count) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(count, infinite - 1));
  };
  switch (node.kind) {
    case TermKind::none:
      return none;
    case TermKind::empty:
      return empty;
    case TermKind::all:
      return all;
    case TermKind::bytes:
      return bytes(node.bytes);
    case TermKind::text:
      return text(node.text);
    case TermKind::concat: {
      TermId whole = empty;
      for (auto id = ids.rbegin(); id != ids.rend(); ++id) whole = concat(*id, whole);
      return whole;
    }
    case TermKind::alternation:
      return alternation({ids.begin(), ids.end()});
    case TermKind::intersection:
      return intersection({ids.begin(), ids.end()});
    case TermKind::complement:
      return complement(ids.front());
    case TermKind::repeat:
      return repeat(ids.front(), narrow(node.least), node.most ? narrow(*node.most) : infinite);
  }
  return none;
}

TermId Terms::derivative(TermId term, unsigned char byte) {
  if (term <= all) return term == all ? all : none;
  const Depth depth(depth_);
  if (depth_ > deepest) full_ = true;
  if (full_) return none;
  if (terms_[term].kind == TermKind::bytes) {
    return byte_sets_[terms_[term].bytes][byte] ? empty : none;
  }
  const unsigned char representative =
      use_ == Use::search ? partition(term).representative(byte) : byte;
  const std::uint64_t key = (std::uint64_t{term} << 8) | representative;
  if (const auto known = derivatives_.find(key); known != derivatives_.end()) return known->second;
  const TermId result = derive(term, representative);
  if (full_ || !spend(1)) return none;
  derivatives_.emplace(key, result);
  return result;
}

TermId Terms::derive(TermId term, unsigned char byte) {
  const Term copy = terms_[term];  // terms_ grows
  switch (copy.kind) {
    case TermKind::concat:
      return derive_concat(term, byte);
    case TermKind::alternation:
    case TermKind::intersection: {
      const auto ids = parts(copy);
      return derive_all(copy.kind, {ids.begin(), ids.end()}, byte);
    }
    case TermKind::complement:
      return complement(derivative(part(term, 0), byte));
    case TermKind::repeat: {
      const TermId once = part(term, 0);
      const TermId first = derivative(once, byte);
      if (first == none) return none;
      const std::uint32_t most = copy.most == infinite ? infinite : copy.most - 1;
      return concat(first, repeat(once, copy.least == 0 ? 0 : copy.least - 1, most));
    }
    default:
      return none;
  }
}

/// A loop, since there may be thousands of parts.
TermId Terms::derive_concat(TermId term, unsigned char byte) {
  std::vector<TermId> choices;
  bool behind_nullable = true;
  for (; behind_nullable && terms_[term].kind == TermKind::concat; term = part(term, 1)) {
    const TermId rest = derivative(part(term, 0), byte);
    choices.push_back(concat(rest, part(term, 1)));
    behind_nullable = nullable(part(term, 0));
    if (!spend(choices.size() / 8)) return none;
  }
  if (behind_nullable) choices.push_back(derivative(term, byte));
  return alternation(std::move(choices));
}

TermId Terms::derive_all(TermKind kind, std::vector<TermId> ids, unsigned char byte) {
  const bool both = kind == TermKind::intersection;
  // An eighth of what a stored part costs, since it is only computed.
  if (!spend(ids.size() / 8)) return none;
  for (auto& id : ids) {
    id = derivative(id, byte);
    if (id == (both ? none : all)) return id;
  }
  return both ? intersection(std::move(ids)) : alternation(std::move(ids));
}

std::uint32_t Terms::partition_of(TermId term) {
  const Depth depth(depth_);
  if (depth_ > deepest) full_ = true;
  if (full_) return PartitionTable::trivial;
  if (terms_[term].partition == PartitionTable::unknown) {
    const std::size_t before = partitions_.size();
    const std::uint32_t id = divide(term);
    spend((partitions_.size() - before) * 16);
    terms_[term].partition = id;
  }
  return terms_[term].partition;
}

std::uint32_t Terms::divide(TermId term) {
  const Term copy = terms_[term];
  switch (copy.kind) {
    case TermKind::bytes:
      return partitions_.of(byte_sets_[copy.bytes]);
    case TermKind::concat: {
      std::uint32_t common = PartitionTable::trivial;
      bool behind_nullable = true;
      for (; behind_nullable && terms_[term].kind == TermKind::concat; term = part(term, 1)) {
        common = partitions_.refined(common, partition_of(part(term, 0)));
        behind_nullable = nullable(part(term, 0));
      }
      return behind_nullable ? partitions_.refined(common, partition_of(term)) : common;
    }
    default: {
      std::uint32_t common = PartitionTable::trivial;
      for (std::uint32_t i = 0; i < copy.count; ++i) {
        common = partitions_.refined(common, partition_of(part(term, i)));
      }
      return common;
    }
  }
}

}  // namespace relayproof::patterns
