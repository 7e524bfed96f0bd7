// How a term divides the bytes: into classes whose members it does not tell apart.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "patterns/byte_set.h"

namespace relayproof::patterns {

/// Classes are numbered in readable_order() of their first members.
struct Partition {
  std::array<std::uint8_t, 256> class_of{};
  std::vector<unsigned char> representatives;  ///< of each class the most readable byte

  unsigned char representative(unsigned char byte) const { return representatives[class_of[byte]]; }
};

/// Partitions, each held once.
class PartitionTable {
 public:
  static constexpr std::uint32_t trivial = 0;  ///< one class
  static constexpr std::uint32_t unknown = 0xffffffff;

  PartitionTable();
  /// In the set or not.
  std::uint32_t of(const ByteSet& set);
  /// The coarsest partition that is finer than both.
  std::uint32_t refined(std::uint32_t a, std::uint32_t b);
  const Partition& operator[](std::uint32_t id) const { return partitions_[id]; }
  std::size_t size() const { return partitions_.size(); }

 private:
  template <class Label>
  std::uint32_t add(const Label& label);

  std::vector<Partition> partitions_;
  std::map<std::array<std::uint8_t, 256>, std::uint32_t> ids_;
  std::unordered_map<ByteSet, std::uint32_t> of_sets_;
  std::unordered_map<std::uint64_t, std::uint32_t> refined_;
};

}  // namespace relayproof::patterns
