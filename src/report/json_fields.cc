#include "report/json_fields.h"

#include <algorithm>
#include <cmath>

namespace relayproof::report::json_fields {
namespace {

constexpr double longest_time = 1e7;

}  // namespace

const Json& at(const Json& object, const char* key) {
  static const Json none;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : none;
}

namespace {

int digit(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto found = digits.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

// What escape_foreign() did to the bytes of a server, undone: they are escaped again when shown.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("\\\\")) {
      out += '\\';
      ++i;
    } else if (rest.size() >= 4 && rest.starts_with("\\x") && digit(rest[2]) >= 0 &&
               digit(rest[3]) >= 0) {
      out += static_cast<char>(digit(rest[2]) * 16 + digit(rest[3]));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string text(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_string() ? value.get_ref<const std::string&>().substr(0, longest_text) : "";
}

std::string foreign(const Json& object, const char* key) { return unescaped(text(object, key)); }

std::string own(const Json& object, const char* key) {
  std::string read = text(object, key);
  const bool plain = std::all_of(read.begin(), read.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x7F; });
  return plain && read.find("\\x") == std::string::npos ? read : unescaped(read);
}

bool flag(const Json& object, const char* key) {
  const Json& value = at(object, key);
  return value.is_boolean() && value.get<bool>();
}

double number(const Json& object, const char* key) {
  const Json& value = at(object, key);
  const double read = value.is_number() ? value.get<double>() : 0;
  return std::isfinite(read) ? std::clamp(read, 0.0, longest_time) : 0;
}

std::size_t count(const Json& object, const char* key) {
  return static_cast<std::size_t>(number(object, key));
}

const Json::array_t& list(const Json& object, const char* key) {
  static const Json::array_t none;
  const Json& value = at(object, key);
  return value.is_array() ? value.get_ref<const Json::array_t&>() : none;
}

std::vector<std::string> texts(const Json& object, const char* key) {
  std::vector<std::string> all;
  for (const auto& item : list(object, key)) {
    if (!item.is_string() || all.size() == most_items) continue;
    all.push_back(unescaped(item.get_ref<const std::string&>().substr(0, longest_text)));
  }
  return all;
}

}  // namespace relayproof::report::json_fields
