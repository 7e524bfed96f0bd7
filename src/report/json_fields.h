// The fields of a document that somebody else wrote: what is absent or of another type is empty,
// and nothing is longer than the limits here.
#pragma once

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relayproof::report::json_fields {

using Json = nlohmann::json;

inline constexpr std::size_t longest_text = 4000;
inline constexpr std::size_t most_items = 20000;

/// null where there is none.
const Json& at(const Json& object, const char* key);
std::string text(const Json& object, const char* key);
/// A text that escape_foreign() made harmless, as it was before: it is escaped again when shown.
std::string foreign(const Json& object, const char* key);
/// A text that json_text() wrote: as it is, unless it had to be escaped.
std::string own(const Json& object, const char* key);
bool flag(const Json& object, const char* key);
/// From 0 to ten million.
double number(const Json& object, const char* key);
std::size_t count(const Json& object, const char* key);
const Json::array_t& list(const Json& object, const char* key);
/// The texts of a list, as foreign() reads them.
std::vector<std::string> texts(const Json& object, const char* key);

/// The value of that name; nullopt where there is none.
template <class Enum, std::size_t n>
std::optional<Enum> named(const Json& object, const char* key, const std::array<Enum, n>& values) {
  const std::string name = text(object, key);
  for (const Enum value : values) {
    if (to_string(value) == name) return value;
  }
  return std::nullopt;
}

}  // namespace relayproof::report::json_fields
