// The numbers below a size in an order that looks random, without a list of them: a Feistel network
// walked until it stays below (cycle walking; Black and Rogaway, 2002).
#pragma once

#include <cstdint>

namespace relayproof::cli {

class Permutation {
 public:
  Permutation(std::uint64_t size, std::uint64_t seed);

  /// Where the `place`-th goes; each number below size once. `place` is below it.
  std::uint64_t at(std::uint64_t place) const;
  std::uint64_t size() const { return size_; }

 private:
  std::uint64_t mix(std::uint64_t number) const;

  std::uint64_t size_;
  std::uint64_t seed_;
  unsigned half_bits_;
};

}  // namespace relayproof::cli
