// Three answers: what neither the files nor the attempt settle is unknown, never a guess.
#pragma once

#include <cstdint>
#include <string_view>

namespace relayproof {

enum class Truth : std::uint8_t { no, unknown, yes };

constexpr Truth truth(bool value) { return value ? Truth::yes : Truth::no; }
constexpr Truth operator!(Truth value) {
  return value == Truth::unknown ? value : truth(value == Truth::no);
}
constexpr Truth operator&&(Truth a, Truth b) { return a < b ? a : b; }
constexpr Truth operator||(Truth a, Truth b) { return a > b ? a : b; }

constexpr std::string_view to_string(Truth value) {
  constexpr std::string_view names[] = {"no", "unknown", "yes"};
  return names[static_cast<std::uint8_t>(value)];
}

}  // namespace relayproof
