// What regexec(3) of the C library may be asked about a pattern. That of glibc 2.36 hangs,
// overflows the stack or is wrong where a pattern refers back to what is repeated, and hangs where
// it has to tell the groups of what is repeated and may be empty; a mail server that links it does
// so, too.
#pragma once

#include <optional>

#include "patterns/syntax.h"

namespace relayproof::patterns {

struct PosixTrust {
  /// Whether it matches, although it refers back: each group and what refers to it stand in one
  /// row, once each, none in another.
  bool refers_back = false;
  /// What its groups take: none is in something that is repeated and may be empty.
  bool groups = false;
};

/// nullopt: a pattern that was not understood.
PosixTrust posix_trust(const std::optional<Parsed>& parsed);

}  // namespace relayproof::patterns
