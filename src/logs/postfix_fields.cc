#include "logs/postfix_fields.h"

#include <array>
#include <cstddef>

namespace relayproof::logs {
namespace {

constexpr std::size_t shortest_id = 5;
constexpr std::size_t longest_id = 24;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Bytes that external form has inside quotes only (RFC 5322 section 3.2.3, without those of a
// domain literal).
constexpr std::array<bool, 256> only_quoted = [] {
  std::array<bool, 256> table{};
  for (const char c : {' ', ',', '"', '(', ')', '<', ';', '\\'}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

// Where the closing quote of a quoted string stands that begins at 0; npos if it has none.
std::size_t closing_quote(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view take_queue_id(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && length <= longest_id && is_alphanumeric(text[length])) ++length;
  if (length < shortest_id || length > longest_id || length + 1 >= text.size() ||
      text[length] != ':' || text[length + 1] != ' ') {
    return {};
  }
  const auto id = text.substr(0, length);
  text.remove_prefix(length + 2);
  return id;
}

bool take_address(std::string_view& text, LoggedAddress& out) {
  std::size_t i = 0;
  out.odd = false;
  if (!text.empty() && text.front() == '"') {
    const auto quote = closing_quote(text);
    out.odd = quote == std::string_view::npos || quote + 1 >= text.size() || text[quote + 1] != '@';
    if (!out.odd) i = quote + 1;
  }
  for (; i < text.size() && text[i] != '>'; ++i) {
    if (only_quoted[static_cast<unsigned char>(text[i])]) out.odd = true;
  }
  if (i == text.size()) return false;
  out.text = text.substr(0, i);
  text.remove_prefix(i + 1);
  return true;
}

bool take_name_and_address(std::string_view& text, NameAndAddress& out) {
  std::size_t bracket = 0;
  while (bracket < text.size() && text[bracket] != '[') {
    if (text[bracket] == ' ' || text[bracket] == ',') return false;
    ++bracket;
  }
  if (bracket >= text.size()) return false;
  std::size_t end = bracket + 1;
  while (end < text.size() && text[end] != ']') {
    if (text[end] == ' ' || text[end] == ',') return false;
    ++end;
  }
  if (end >= text.size()) return false;
  out.name = text.substr(0, bracket);
  out.address = text.substr(bracket + 1, end - bracket - 1);
  out.port = 0;
  text.remove_prefix(end + 1);
  if (text.size() > 1 && text[0] == ':' && is_digit(text[1])) {
    text.remove_prefix(1);
    out.port = take_number(text);
  }
  return true;
}

std::uint16_t take_number(std::string_view& text) {
  std::uint32_t value = 0;
  while (!text.empty() && is_digit(text.front())) {
    if (value <= 65535) value = value * 10 + static_cast<std::uint32_t>(text.front() - '0');
    text.remove_prefix(1);
  }
  return value <= 65535 ? static_cast<std::uint16_t>(value) : std::uint16_t{0};
}

}  // namespace relayproof::logs
