// A place in a text that is read byte by byte.
#pragma once

#include <cstddef>
#include <string_view>

namespace relayproof::patterns {

struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  bool more() const { return at < text.size(); }
  /// NUL behind the end.
  char peek(std::size_t ahead = 0) const {
    return at + ahead < text.size() ? text[at + ahead] : '\0';
  }
  std::string_view rest() const { return text.substr(at); }
  bool sees(std::string_view expected) const { return rest().starts_with(expected); }
  bool take(std::string_view expected) {
    if (!sees(expected)) return false;
    at += expected.size();
    return true;
  }
  char next() { return text[at++]; }
};

}  // namespace relayproof::patterns
