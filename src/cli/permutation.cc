#include "cli/permutation.h"

#include <bit>
#include <cassert>

namespace relayproof::cli {
namespace {

constexpr unsigned rounds = 4;

// SplitMix64's finaliser (Steele, Lea, Flood, 2014): every bit of the input reaches every one of
// the output.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111eb;
  return x ^ (x >> 31U);
}

}  // namespace

Permutation::Permutation(std::uint64_t size, std::uint64_t seed)
    : size_(size), seed_(seed), half_bits_((static_cast<unsigned>(std::bit_width(size)) + 1) / 2) {
  assert(size < std::uint64_t{1} << 62U);
}

std::uint64_t Permutation::at(std::uint64_t place) const {
  assert(place < size_);
  std::uint64_t number = mix(place);
  while (number >= size_) number = mix(number);
  return number;
}

std::uint64_t Permutation::mix(std::uint64_t number) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = number >> half_bits_;
  std::uint64_t right = number & mask;
  for (unsigned round = 0; round < rounds; ++round) {
    const std::uint64_t turned = left ^ (scramble(right ^ scramble(seed_ + round)) & mask);
    left = right;
    right = turned;
  }
  return left << half_bits_ | right;
}

}  // namespace relayproof::cli
