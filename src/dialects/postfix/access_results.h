// The right-hand sides of access(5) tables, and the answers of policy services: what they do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/postfix/host.h"
#include "dialects/postfix/pattern_table.h"
#include "policy/fact.h"
#include "policy/rule.h"

namespace relayproof::postfix {

/// One result, without what only a person reads.
struct AccessAction {
  enum class Kind : std::uint8_t {
    dunno,     ///< DUNNO, INFO, WARN, PREPEND, BCC, and what is skipped for its own fault
    permit,    ///< OK, RELAY, all digits, nothing at all
    refuse,    ///< REJECT, DEFER, `4xx text`, `5xx text`, HANGUP
    discard,   ///< permits; the whole message goes nowhere
    hold,      ///< the whole message waits for the owner
    filter,    ///< FILTER transport:destination
    redirect,  ///< the whole message goes to another address
    defer_if_permit,
    defer_if_reject,
    restrictions,  ///< names of restrictions and classes
    server_error,
    chosen,  ///< the pattern's captures decide what it is
  };
  enum class Code : std::uint8_t { own, map_reject, map_defer };

  Kind kind = Kind::dunno;
  Code code = Code::own;
  policy::Answer answer{};  ///< `code` is 0 unless own
  std::string text{};       ///< restrictions, filter, redirect: what stands behind the word
  bool has_holes = false;   ///< `text` is filled from captures: `$1`
  /// Whose captures: index into Policy::patterns, and what it was asked for.
  std::optional<std::size_t> pattern{};
  std::optional<policy::Field> field{};
  std::string because{};  ///< of server_error and odd ones, in words
};

/// Reads a result (access(5) "OTHER ACTIONS"). `holes` are those of a pattern's row.
AccessAction parse_access_result(std::string_view text, const ResultTemplate* holes,
                                 const Version& version);
/// An enhanced code about addresses (`x.1.y`) as it is given where something else, or the other
/// address, is refused: nullopt for a client, a name or a login.
std::string enhanced_for(const std::string& enhanced, std::optional<policy::Field> refused);
/// The enhanced code that a text begins with (dsn_split), or the usual one.
std::string enhanced_in(std::string_view text, std::string_view usual);
/// Equal texts for actions that do the same.
std::string key_of(const AccessAction& action);
/// In words: `OK`, `REJECT`, `450 4.7.1`.
std::string to_string(const AccessAction& action);

}  // namespace relayproof::postfix
