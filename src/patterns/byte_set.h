// Sets of bytes, and the order in which bytes are tried so that examples can be read.
#pragma once

#include <array>
#include <bitset>
#include <string_view>

namespace relayproof::patterns {

using ByteSet = std::bitset<256>;

inline ByteSet byte(unsigned char value) { return ByteSet().set(value); }

/// All bytes from `first` to `last`, both included; none if they are out of order.
ByteSet byte_range(unsigned char first, unsigned char last);

ByteSet bytes_of(std::string_view members);

/// The set and, for each ASCII letter in it, its other case.
ByteSet with_both_cases(const ByteSet& set);

/// A class of the C locale by its name in `[:name:]`; `word` is PCRE's. Empty set: no such class.
ByteSet named_class(std::string_view name);

/// Letters and digits, `.`, `-`, `@`, the other printable ones, then the rest.
const std::array<unsigned char, 256>& readable_order();

}  // namespace relayproof::patterns
