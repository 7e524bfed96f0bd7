// One regular expression, in two views that must agree: the mail server's own engine, which answers
// for one string, and a language, which answers for all strings at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "patterns/language.h"

namespace relayproof::patterns {

/// Whose engine and whose syntax.
enum class Flavour : std::uint8_t {
  pcre,            ///< PCRE2 (Postfix pcre_table(5), Exim)
  posix_extended,  ///< regcomp(3) with REG_EXTENDED (Postfix regexp_table(5), OpenSMTPD regex)
  posix_basic,     ///< regcomp(3) without
};

std::string_view to_string(Flavour flavour);  ///< `pcre`, `posix-extended`, `posix-basic`

/// The flags that mail servers let their users set.
struct Options {
  bool ignore_case = false;
  bool multiline = false;       ///< ^ and $ match at newlines
  bool dot_all = false;         ///< . matches a newline
  bool extended = false;        ///< PCRE: white space and # comments in the pattern are skipped
  bool anchored = false;        ///< PCRE: matches only at the start
  bool dollar_endonly = false;  ///< PCRE: $ matches only at the very end
  bool ungreedy = false;        ///< PCRE: quantifiers are lazy unless followed by ?
  bool operator==(const Options&) const = default;
};

/// A compiled pattern. Immutable; copies share.
class Pattern {
 public:
  /// Fails with the engine's message if the engine does not take the pattern.
  static Result<Pattern> compile(std::string_view text, Flavour flavour, const Options& options);

  const std::string& text() const;
  Flavour flavour() const;
  const Options& options() const;

  /// True if the engine finds the pattern somewhere in the subject. An engine that gives up (match
  /// limits) is unknown: nullopt.
  std::optional<bool> matches(std::string_view subject) const;

  /// The texts of group 0 (the whole match), 1, 2 ... of the first match; a group that took no part
  /// is nullopt. Empty if nothing matches or the engine gave up. (glibc's finds some matches with
  /// backreferences only where nobody asks for the groups: matches() is then true, this empty.)
  std::vector<std::optional<std::string>> captures(std::string_view subject) const;

  /// How many groups the pattern has, without group 0.
  std::size_t groups() const;

  /// The strings in which the pattern is found, as exactly as we can say: see Language.
  const Bounds& language() const;

  /// Subjects that the pattern matches and whose group `group` is exactly `wanted`, plausible ones
  /// first, at most `limit`: each one was run through the engine. None found proves nothing.
  std::vector<std::string> subjects_capturing(std::size_t group, std::string_view wanted,
                                              std::size_t limit) const;

  /// True if it is certain that group `group` can only capture finitely many texts, which are then
  /// in `texts` (all of them, in any order; at most 1000).
  bool captures_only(std::size_t group, std::vector<std::string>& texts) const;

 private:
  struct Compiled;
  explicit Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace relayproof::patterns
