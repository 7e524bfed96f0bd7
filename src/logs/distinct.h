// How many different things there were: exact up to a limit, then estimated in the same memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace relayproof::logs {

/// Keeps the smallest hashes. While there are at most `limit` the count is exact; beyond, the k-th
/// smallest of k tells how densely they lie (error about 1 / sqrt(limit)).
class Distinct {
 public:
  static constexpr std::size_t limit = 16384;

  void add(std::uint64_t hash);
  std::uint64_t count() const;
  bool exact() const { return !full_; }

 private:
  void insert(std::uint64_t hash);
  void rebuild();

  std::vector<std::uint64_t> table_;  // open addressing; 0: free
  std::size_t size_ = 0;
  std::uint64_t bound_ = UINT64_MAX;  // larger ones are not kept
  bool full_ = false;
};

}  // namespace relayproof::logs
