// The syntax tree of a pattern: what every flavour is parsed to, and all that languages and
// captures are computed from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "patterns/byte_set.h"
#include "patterns/pattern.h"

namespace relayproof::patterns {

enum class SyntaxKind : std::uint8_t {
  empty,
  bytes,
  concat,
  alternation,
  repeat,  ///< of one part
  group,   ///< of one part
  look,    ///< of one part: lookahead or lookbehind
  assertion,
  backreference,  ///< the text of a group
  opaque,         ///< a construct that is not understood, but leaves what follows alone
};

enum class Assertion : std::uint8_t {
  subject_start,
  line_start,
  subject_end,
  final_end,  ///< the end, or before a newline that ends the subject
  line_end,
  word_boundary,
  no_word_boundary,
  word_start,
  word_end,
};

struct Syntax {
  SyntaxKind kind = SyntaxKind::empty;
  std::vector<Syntax> parts = {};

  ByteSet bytes = {};
  bool uncertain = false;  ///< bytes: perhaps not all of them; a backreference: in any case

  std::size_t least = 0;  ///< repeat
  std::optional<std::size_t> most = {};

  bool atomic = false;    ///< repeat or group: what it took is not given back
  std::size_t group = 0;  ///< number of a capturing group, or of the one referred to
  std::optional<std::string> wanted = {};  ///< of a group: it takes this text and no other

  Assertion assertion = Assertion::subject_start;
  bool ahead = true;
  bool negative = false;
};

/// A pattern that was understood well enough, and how its flavour reads subjects.
struct Parsed {
  Syntax syntax;
  std::size_t groups = 0;     ///< capturing ones
  bool anchored = false;      ///< only tried at the start of the subject
  bool ends_at_nul = false;   ///< the engine sees the subject up to its first NUL
  bool caret_at_end = false;  ///< line_start holds behind a newline that ends the subject
  /// A `^` may hold behind a newline that was matched before it, or a `$` in front of one that is
  /// matched behind it, although they stand for the subject's ends: glibc's regexec(3) does that.
  bool anchors_at_lines = false;
  /// Anchors may hold anywhere: regexec(3) loses those of what it repeats.
  bool anchors_anywhere = false;
};

Syntax bytes_syntax(const ByteSet& set);
Syntax assertion_syntax(Assertion assertion);
Syntax opaque_syntax();
/// The parts one after the other, or one of them; a single part is itself.
Syntax sequence(std::vector<Syntax> parts);
Syntax choice(std::vector<Syntax> parts);

/// Patterns longer or nested deeper are not parsed.
constexpr std::size_t longest_pattern = 4096;
constexpr std::size_t deepest_pattern = 100;

/// The pattern as a tree; nullopt if it holds something whose reach we cannot tell, is too long or
/// nested too deeply, or is wrong.
std::optional<Parsed> parse(std::string_view pattern, Flavour flavour, const Options& options);

/// What the tree matches when it is searched for: see Pattern::language().
Bounds bounds_of(const Parsed& parsed);
/// Of a pattern of which nothing is known.
Bounds unknown_bounds();

/// What group `group` may capture, and perhaps more; nullopt if it is not there. Group 0 is the
/// whole match.
std::optional<Language> group_language(const Parsed& parsed, std::size_t group);

/// Subjects in which that group takes part and takes `wanted`, and perhaps more; group 0 is the
/// whole match.
Language capturing(const Parsed& parsed, std::size_t group, std::string_view wanted);

}  // namespace relayproof::patterns
