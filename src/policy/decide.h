// decide(): one attempt followed through the policy, with a trace of every rule that took part.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/truth.h"
#include "policy/attempt.h"
#include "policy/policy.h"

namespace relayproof::policy {

/// A rule that was asked, and what it said.
struct Step {
  std::string stage;  ///< the list's name, or `route`
  OriginId origin = 0;
  std::string says;  ///< the rule
  enum class Result : std::uint8_t {
    no_match,
    permit,
    refuse,
    defer,
    unknown,
    passed
  } result = Result::no_match;
  std::string detail;             ///< what made it so: `client in 192.0.2.0/24`, `key example.com`
  SourceRange row;                ///< the table's row that decided; no file: none
  std::vector<OriginId> because;  ///< of the conditions that held while the rule was asked
};
std::string_view to_string(Step::Result result);

/// What becomes of one recipient: several fates where it is rewritten to several addresses.
struct Destination {
  Fate fate = Fate::local;
  std::string to;             ///< the address it is finally for
  bool domain_chosen = true;  ///< the client, not the configuration, named the domain
};

struct Decision {
  enum class Reply : std::uint8_t { accept, reject, defer, undecided } reply = Reply::undecided;
  Answer answer;           ///< if refused or deferred; 250 if accepted; 0 if it is one of several
  std::string refused_by;  ///< the stage
  std::vector<Destination> ends;  ///< empty if refused or undecided
  Truth relay = Truth::unknown;
  std::vector<std::uint32_t> hangs_on;  ///< questions whose answers make the difference
  std::vector<Step> trace;              ///< with all screens passed and unknown answers `no`
  bool too_complex = false;             ///< more open questions than can be followed
};
std::string_view to_string(Decision::Reply reply);

/// The listener of Policy::listeners that takes this attempt, by port (and server address); nullopt
/// if none serves it.
std::optional<std::size_t> listener_for(const Policy& policy, const Attempt& attempt);

/// What can be left out of a policy to see whether it matters: rules, conditions and table rows of
/// these origins never match.
using Suppressed = std::set<OriginId>;

struct DecideOptions {
  Suppressed suppressed;
  bool screens_refuse = false;  ///< treat screens as open questions instead of passed
  bool is_stranger = false;     ///< nothing in the attempt is the owner's: premises say `no`
  /// Take it that the attempt can be as it says, whatever Listener::doubts ask: whether strangers
  /// can have such a certificate is another question.
  bool ignores_doubts = false;
};

/// Follows the attempt at this listener.
Decision decide(const Policy& policy, std::size_t listener, const Attempt& attempt,
                const DecideOptions& options = {});

}  // namespace relayproof::policy
