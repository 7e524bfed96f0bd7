// Lists of rules, what a rule does, and the stages of a session at which lists run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "policy/condition.h"

namespace relayproof::policy {

using ListId = std::uint32_t;  ///< index into Policy::lists

/// What a refused or deferred client hears.
struct Answer {
  int code = 554;        ///< 0: it is not known how
  std::string enhanced;  ///< `5.7.1`; empty: none
  bool operator==(const Answer&) const = default;
};

/// What becomes of a recipient.
enum class Fate : std::uint8_t {
  local,      ///< delivered on this machine or by its own programs
  handed_on,  ///< to the host of its domain, or to the smart host that stands for it
  dropped,    ///< discarded, held for ever, or bounced
};

struct Nothing {};
/// Ends the list; the next stage runs.
struct Permit {};
/// Ends the list and refuses the command, and with it the recipient; 4xx is a deferral.
struct Refuse {
  Answer answer;
};
struct SetMark {
  std::uint32_t mark = 0;
};
/// Runs a list. Its permit and its refusal are taken as they are, or as nothing: the outer list
/// goes on behind this rule. In a route: goes over to that list for good.
struct Run {
  ListId list = 0;
  bool permit_counts = true;
  bool refusal_counts = true;
};
/// In a route: the recipient becomes others, each of which goes on with the list `then`. A target
/// that equals the recipient as it stands does not: for it this list goes on behind the rule.
struct Rewrite {
  std::vector<std::uint32_t> transforms;  ///< indices into Policy::transforms, one a target
  ListId then = 0;
};
/// The same, the targets being those which Addresses::targets reads in the row that was found:
/// whom the mail goes to was written down by the owner, a local part that is copied excepted.
struct RewriteAsRow {
  ListId then = 0;
  /// What of the local part is not in the key (an extension) goes behind the target's local part.
  bool extends = false;
};
/// In a route: the end.
struct End {
  Fate fate = Fate::local;
};
using Effect = std::variant<Nothing, Permit, Refuse, SetMark, Run, Rewrite, RewriteAsRow, End>;

/// Condition -> effect. With `by_row`, the effect is that of the row which the lookup finds (the
/// result's own), and `effect` is not used: one rule for a whole table.
struct Rule {
  ConditionId when = 0;
  Effect effect;
  struct ByRow {
    std::uint32_t lookup = 0;
    Subject subject;
  };
  std::optional<ByRow> by_row;  ///< asked only if `when` holds
  OriginId origin = 0;
  std::string says;  ///< the rule in the MTA's words: `permit_mynetworks`
};

struct List {
  std::string name;  ///< `smtpd_relay_restrictions`
  std::vector<Rule> rules;
  /// In a route: this list goes over to another for a recipient that comes here again: out of one
  /// of the same address, in any case of letters, which this list rewrote (or out of any that it
  /// rewrote). Whatever it makes then starts at Rewrite::then, even what equals the recipient.
  struct Again {
    ListId list = 0;
    bool of_any = false;
  };
  std::optional<Again> again = {};
};

/// When the command is given that a stage belongs to.
enum class Moment : std::uint8_t { connect, helo, mail, rcpt, data, end_of_data };
std::string_view to_string(Moment moment);

/// A list that runs at a moment of the session. A refusal ends the attempt; anything else goes on
/// with the next stage. A stage at HELO does not run if none was given.
struct Stage {
  Moment moment = Moment::rcpt;
  std::string name;
  ListId list = 0;
  bool before_address = false;  ///< at MAIL: runs before the sender is read at all
};

}  // namespace relayproof::policy
