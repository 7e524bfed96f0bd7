// The words of smtpd.conf(5), as smtpd's own lexer cuts them (yylex() in its parse.y).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/source_range.h"

namespace relayproof::opensmtpd {

struct Token {
  enum class Kind : std::uint8_t {
    text,     ///< quoted, or a bare word: whether that is a keyword the grammar decides
    number,   ///< digits that a blank or one of `),/}=` ends
    sign,     ///< one of `{ } < > ! , = -`, or any other character that begins no word
    arrow,    ///< `=>`
    newline,  ///< the end of a line that no backslash continues
    end,      ///< of the last file
    broken,   ///< smtpd says what is wrong and goes on with the next line
  } kind = Kind::end;
  std::string text;     ///< without quotes; of `broken` what smtpd says
  bool quoted = false;  ///< then it is never a keyword
  SourceRange where;    ///< where a macro was used, for what came out of it

  bool is_sign(char sign) const {
    return kind == Kind::sign && text.size() == 1 && text[0] == sign;
  }
  bool is_word(std::string_view word) const {
    return kind == Kind::text && !quoted && text == word;
  }
};

}  // namespace relayproof::opensmtpd
