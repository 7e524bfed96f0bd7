// The rewrite section (specification, chapter 31): what its rules make of an envelope address when
// a message is received, when an address is verified, and when a redirect router makes one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/exim/lowering.h"

namespace relayproof::exim {

enum class Envelope : std::uint8_t { recipient, sender };

/// The rules with flags for this (T or F, E, or none at all), in order.
std::vector<const RewriteRule*> rewrite_rules(const Config& config, Envelope of);

/// A rule with R is applied again to what it made, so often in all.
inline constexpr std::size_t repeated_at_most = 11;

/// `$` in front of what is no name is an error, and then the pattern matches nothing.
bool cannot_be_expanded(std::string_view pattern);

/// The domain that the result has is written down, whatever else of it is.
bool has_written_domain(const RewriteRule& rule);

/// What a rule does to an address that its pattern matches. Of the ways one holds at the most;
/// where none does, the rule is abandoned, and the next one is asked (the address's end, if it
/// quits).
struct RuleEffect {
  policy::ConditionId matches = 0;
  bool quits = false;  ///< flag q
  struct Way {
    enum class Kind : std::uint8_t {
      rewritten,
      owners,  ///< to where the owner wrote down, in rows or functions that are not followed
      ends,    ///< it stays as it is, and no further rule is asked
    } kind = Kind::rewritten;
    policy::ConditionId when = 0;
    std::optional<std::uint32_t> transform{};  ///< of what is rewritten
    std::optional<std::string> fixed{};        ///< the result, if it is written down
  };
  std::vector<Way> ways;
};

/// What cannot be followed is noted: decisive, where recipients are rewritten.
RuleEffect effect_of_rule(Lowering& to, const RewriteRule& rule, const Operand& address,
                          Envelope of, const Scope& scope);

/// What `then` says of the address that the rules make of this one; `owners` of an address that
/// the owner wrote down where it cannot be seen. More rules than a few are not followed.
policy::ConditionId after_rewriting(Lowering& to, const Operand& address, Envelope of,
                                    const Scope& scope, policy::ConditionId owners,
                                    const std::function<policy::ConditionId(const Operand&)>& then);

}  // namespace relayproof::exim
