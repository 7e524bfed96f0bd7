// A fast 64-bit hash of short texts, for tables that compare what they find. Not for secrets.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace relayproof::logs {

/// The finaliser of SplitMix64: every bit of the result depends on every bit of the input.
constexpr std::uint64_t mixed(std::uint64_t value) {
  value ^= value >> 30;
  value *= 0xBF58476D1CE4E5B9U;
  value ^= value >> 27;
  value *= 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

inline std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0x9E3779B97F4A7C15U) {
  std::uint64_t hash = seed ^ (text.size() * 0xFF51AFD7ED558CCDU);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = (hash ^ word) * 0xC4CEB9FE1A85EC53U;
    hash ^= hash >> 29;
  }
  std::uint64_t word = 0;
  if (left > 0) std::memcpy(&word, at, left);
  return mixed(hash ^ word);
}

/// The same for texts whose ASCII letters differ in case only.
inline std::uint64_t hash_ignoring_case(std::string_view text) {
  char lower[256];
  const auto size = text.size() < sizeof lower ? text.size() : sizeof lower;
  for (std::size_t i = 0; i < size; ++i) {
    const char c = text[i];
    lower[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return hash_of({lower, size});
}

}  // namespace relayproof::logs
