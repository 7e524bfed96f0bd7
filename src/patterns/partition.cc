#include "patterns/partition.h"

#include <unordered_map>
#include <utility>

namespace relayproof::patterns {

PartitionTable::PartitionTable() {
  add([](unsigned char) { return 0; });
}

/// Bytes with the same label are in one class.
template <class Label>
std::uint32_t PartitionTable::add(const Label& label) {
  Partition partition;
  std::unordered_map<int, std::uint8_t> classes;
  for (const auto byte : readable_order()) {
    const auto [entry, is_new] =
        classes.try_emplace(label(byte), static_cast<std::uint8_t>(classes.size()));
    if (is_new) partition.representatives.push_back(byte);
    partition.class_of[byte] = entry->second;
  }
  const auto [entry, is_new] =
      ids_.try_emplace(partition.class_of, static_cast<std::uint32_t>(partitions_.size()));
  if (is_new) partitions_.push_back(std::move(partition));
  return entry->second;
}

std::uint32_t PartitionTable::of(const ByteSet& set) {
  const auto [entry, is_new] = of_sets_.try_emplace(set);
  if (is_new) entry->second = add([&](unsigned char byte) { return set[byte] ? 1 : 0; });
  return entry->second;
}

std::uint32_t PartitionTable::refined(std::uint32_t a, std::uint32_t b) {
  if (a == b || b == trivial) return a;
  if (a == trivial) return b;
  if (a > b) std::swap(a, b);
  const auto [entry, is_new] = refined_.try_emplace((std::uint64_t{a} << 32) | b);
  if (is_new) {
    // By index: partitions_ grows.
    const auto first = partitions_[a].class_of;
    const auto second = partitions_[b].class_of;
    const auto id = add([&](unsigned char byte) { return first[byte] * 256 + second[byte]; });
    entry->second = id;
  }
  return entry->second;
}

}  // namespace relayproof::patterns
