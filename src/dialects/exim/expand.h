// Exim's string expansion (specification, chapter 11) as far as its result follows from the
// configuration and from what the attempt says; the rest is hidden, with its reason.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

/// A stretch of text: as written, or from the attempt, perhaps changed by a function.
struct Piece {
  std::string text;
  /// What has no text of its own in an attempt, but can be empty or not, or compared.
  enum class Special : std::uint8_t { none, client, login, cipher } special = Special::none;
  std::optional<policy::Subject> subject;
  std::function<std::string(std::string_view)> change;  ///< none: as it is
  /// What the change is, where it can be said: a group of what an expression captured there, or
  /// every occurrence of an expression replaced.
  struct Capture {
    patterns::Pattern pattern;
    std::size_t group = 0;
  };
  struct Substitution {
    std::string expression;
    std::string replacement;
  };
  std::optional<Capture> capture{};
  std::optional<Substitution> substitution{};
};

struct Text {
  enum class Kind : std::uint8_t {
    known,   ///< the pieces, one after the other
    failed,  ///< a forced failure
    hidden,
  } kind = Kind::known;
  std::vector<Piece> pieces;
  std::string why;                     ///< of what is hidden
  std::vector<policy::Subject> about;  ///< what it was told
  /// Of what is hidden: it is the value of a row which the owner wrote, in a file or a database.
  bool is_owners = false;

  static Text of(std::string text);
  static Text hidden(std::string why, std::vector<policy::Subject> about);
  static Text owners_row(std::string why, std::vector<policy::Subject> about);
  /// The text, if all of it is written down.
  std::optional<std::string> literal() const;
  /// The one thing it consists of: a text, or a part of the attempt as it is.
  std::optional<Operand> operand() const;
};

/// What a string expands to: the text of the first case whose condition holds; that of the last
/// always does.
struct Case {
  policy::ConditionId when = 0;
  Text text;
};
using Value = std::vector<Case>;

Value expand(Lowering& to, std::string_view text, const Scope& scope);

/// The condition of `${if …}`, without its braces: `eq{$domain}{example.com}`.
policy::ConditionId expand_condition(Lowering& to, std::string_view text, const Scope& scope);

/// Whether the value counts as true: neither empty nor `0`, `no` or `false`. `forced`: what a
/// forced failure counts as.
policy::ConditionId is_true(Lowering& to, const Value& value, std::string_view written,
                            const Scope& scope, bool forced);

/// For each case its own condition, joined.
policy::ConditionId each_case(Lowering& to, const Value& value,
                              const std::function<policy::ConditionId(const Text&)>& of);

/// The places of the attempt that a string mentions: `$domain`.
std::vector<policy::Subject> mentioned_in(std::string_view text, const Scope& scope);

/// The end of the braced text that begins at `open` (which is `{`): the index behind its `}`; npos
/// if it does not end.
std::size_t behind_braces(std::string_view text, std::size_t open);

}  // namespace relayproof::exim
