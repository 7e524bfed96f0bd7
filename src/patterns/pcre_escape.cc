#include <algorithm>

#include "patterns/bracket.h"

namespace relayproof::patterns {
namespace {

struct EscapedClass {
  char letter;  ///< the capital is the complement
  ByteSet (*members)();
};

constexpr EscapedClass escaped_classes[] = {
    {'d', [] { return named_class("digit"); }},     {'w', [] { return named_class("word"); }},
    {'s', [] { return named_class("space"); }},     {'h', [] { return bytes_of("\t \xa0"); }},
    {'v', [] { return bytes_of("\n\v\f\r\x85"); }},
};

struct EscapedByte {
  char letter;
  unsigned char byte;
};

constexpr EscapedByte escaped_bytes[] = {{'a', 7},    {'e', 27},   {'f', '\f'},
                                         {'n', '\n'}, {'r', '\r'}, {'t', '\t'}};

std::optional<unsigned> digit_value(char c, unsigned base) {
  const auto found = std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
  const auto decimal = std::string_view("0123456789").find(c);
  const auto value = c >= 'A' ? found : decimal;
  if (value == std::string_view::npos || value >= base) return std::nullopt;
  return static_cast<unsigned>(value);
}

/// Up to `most` digits; 0 if there is none.
unsigned number(Cursor& cursor, unsigned base, std::size_t most) {
  unsigned value = 0;
  for (; most > 0; --most, ++cursor.at) {
    const auto digit = digit_value(cursor.peek(), base);
    if (!digit) break;
    value = value * base + *digit;
  }
  return value;
}

/// `{41}`, where the `{` has been read.
std::optional<unsigned char> in_braces(Cursor& cursor, unsigned base) {
  const std::size_t first = cursor.at;
  const unsigned value = number(cursor, base, 6);
  if (cursor.at == first || value > 255 || !cursor.take("}")) return std::nullopt;
  return static_cast<unsigned char>(value);
}

bool is_printable(char c) { return c > ' ' && c < 127; }

}  // namespace

std::optional<ByteSet> pcre_escaped_class(char letter) {
  const char small = static_cast<char>(letter | 0x20);
  for (const auto& each : escaped_classes) {
    if (each.letter == letter) return each.members();
    if (each.letter == small) return ~each.members();
  }
  return std::nullopt;
}

std::optional<unsigned char> pcre_escaped_byte(Cursor& cursor, char letter) {
  for (const auto& each : escaped_bytes) {
    if (each.letter == letter) return each.byte;
  }
  if (letter == 'x') {
    if (cursor.take("{")) return in_braces(cursor, 16);
    return static_cast<unsigned char>(number(cursor, 16, 2));
  }
  if (letter == 'o') return cursor.take("{") ? in_braces(cursor, 8) : std::nullopt;
  if (letter == '0') return static_cast<unsigned char>(number(cursor, 8, 2));
  if (letter == 'c') {
    // pcre2pattern(3): the letter in capitals, with bit 6 inverted.
    if (!is_printable(cursor.peek())) return std::nullopt;
    const auto name = to_upper(static_cast<unsigned char>(cursor.next()));
    return static_cast<unsigned char>(name ^ 0x40);
  }
  const auto byte = static_cast<unsigned char>(letter);
  return named_class("alnum")[byte] ? std::nullopt : std::optional(byte);
}

unsigned char to_upper(unsigned char byte) {
  return byte >= 'a' && byte <= 'z' ? static_cast<unsigned char>(byte - ('a' - 'A')) : byte;
}

}  // namespace relayproof::patterns
