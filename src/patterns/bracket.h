// Bracket expressions, `[a-z[:digit:]]`, which PCRE and POSIX read differently, and escapes of
// single bytes and of classes.
#pragma once

#include <optional>

#include "patterns/byte_set.h"
#include "patterns/cursor.h"

namespace relayproof::patterns {

/// PCRE's class whose `[` has been read; the cursor is left behind its `]`. nullopt: not
/// understood.
std::optional<ByteSet> pcre_class(Cursor& cursor, bool ignore_case);

/// POSIX's, as glibc reads it in the C locale. Negated ones never take a byte of `never_negated`.
std::optional<ByteSet> posix_class(Cursor& cursor, bool ignore_case, const ByteSet& never_negated);

/// The members of PCRE's `\d`, `\W` and the like; nullopt if `letter` names no class.
std::optional<ByteSet> pcre_escaped_class(char letter);

/// The byte that PCRE's escape means, of which `letter` has been read: `\n`, `\x41`, `\.`. nullopt
/// if it is not a byte or not understood.
std::optional<unsigned char> pcre_escaped_byte(Cursor& cursor, char letter);

/// ASCII capitals, as glibc compares where case is ignored.
unsigned char to_upper(unsigned char byte);

}  // namespace relayproof::patterns
