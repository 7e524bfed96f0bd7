// Text helpers for ASCII protocols, and the one way in which foreign bytes are made harmless.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace relayproof {

/// Makes bytes of a server, a log or a file harmless: the result is valid UTF-8 without control
/// characters. C0, DEL, C1, invalid UTF-8, bidirectional controls, zero-width characters, line and
/// paragraph separators become `\xNN` a byte; a backslash becomes `\\`. Printable text is kept.
std::string escape_foreign(std::string_view bytes);

/// escape_foreign(), cut after `limit` bytes of input with ` ...` where something was cut.
std::string escape_foreign(std::string_view bytes, std::size_t limit);

/// The string as one word for a POSIX shell: quoted with '…' where needed.
std::string shell_quote(std::string_view word);

/// ASCII only, as SMTP compares verbs and domains; other bytes are kept.
std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
/// True if `needle`, which is in lower case, occurs in `text` in any case.
bool contains_ignoring_case(std::string_view text, std::string_view needle);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

/// Without leading and trailing space, tab, CR, LF.
std::string_view trim(std::string_view text);

/// The pieces between separators; empty pieces are kept; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The words between runs of spaces and tabs; no empty ones.
std::vector<std::string_view> words(std::string_view text);

}  // namespace relayproof
