#include "patterns/byte_set.h"

#include <algorithm>

namespace relayproof::patterns {
namespace {

struct NamedClass {
  std::string_view name;
  ByteSet (*members)();
};

ByteSet upper() { return byte_range('A', 'Z'); }
ByteSet lower() { return byte_range('a', 'z'); }
ByteSet digit() { return byte_range('0', '9'); }
ByteSet alpha() { return upper() | lower(); }
ByteSet alnum() { return alpha() | digit(); }

// The C locale's <ctype.h>, written out: what the program's own locale says must not matter.
constexpr NamedClass classes[] = {
    {"alpha", alpha},
    {"upper", upper},
    {"lower", lower},
    {"digit", digit},
    {"alnum", alnum},
    {"space", [] { return bytes_of(" \t\n\v\f\r"); }},
    {"blank", [] { return bytes_of(" \t"); }},
    {"punct", [] { return byte_range('!', '~') & ~alnum(); }},
    {"print", [] { return byte_range(' ', '~'); }},
    {"graph", [] { return byte_range('!', '~'); }},
    {"cntrl", [] { return byte_range(0, 31) | byte(127); }},
    {"xdigit", [] { return digit() | byte_range('a', 'f') | byte_range('A', 'F'); }},
    {"ascii", [] { return byte_range(0, 127); }},
    {"word", [] { return alnum() | byte('_'); }},
};

std::size_t rank(unsigned char value) {
  static const ByteSet ranks[] = {
      lower(), upper(), digit(), byte('.'), byte('-'), byte('@'), byte_range('!', '~'), byte(' ')};
  const auto* const found =
      std::find_if(std::begin(ranks), std::end(ranks), [&](const auto& set) { return set[value]; });
  return static_cast<std::size_t>(found - std::begin(ranks));
}

}  // namespace

ByteSet byte_range(unsigned char first, unsigned char last) {
  ByteSet set;
  for (std::size_t value = first; value <= last; ++value) set.set(value);
  return set;
}

ByteSet bytes_of(std::string_view members) {
  ByteSet set;
  for (const char member : members) set.set(static_cast<unsigned char>(member));
  return set;
}

ByteSet with_both_cases(const ByteSet& set) {
  ByteSet both = set;
  for (std::size_t upper_case = 'A'; upper_case <= 'Z'; ++upper_case) {
    const std::size_t lower_case = upper_case + ('a' - 'A');
    if (set[upper_case]) both.set(lower_case);
    if (set[lower_case]) both.set(upper_case);
  }
  return both;
}

ByteSet named_class(std::string_view name) {
  for (const auto& known : classes) {
    if (known.name == name) return known.members();
  }
  return {};
}

const std::array<unsigned char, 256>& readable_order() {
  static const auto order = [] {
    std::array<unsigned char, 256> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i);
    std::stable_sort(bytes.begin(), bytes.end(), [](auto a, auto b) { return rank(a) < rank(b); });
    return bytes;
  }();
  return order;
}

}  // namespace relayproof::patterns
