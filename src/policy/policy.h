// What a mail server's configuration says about who may send what to whom, in no server's words.
// A dialect writes one; decide() and reach() answer from it; no question knows where it came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/source_range.h"
#include "mail/ip_set.h"
#include "patterns/pattern.h"
#include "policy/addresses.h"
#include "policy/condition.h"
#include "policy/name_list.h"
#include "policy/rule.h"
#include "policy/table.h"

namespace relayproof::policy {

/// Where something in the policy was written.
struct Origin {
  SourceRange range;
  std::string text;        ///< the line or element, as written, without its comment
  std::string setting;     ///< the name it belongs to: `mynetworks`
  std::string provenance;  ///< `main.cf`, `master.cf -o`, `default`, `table`
};

/// A question that neither the files nor the attempt answer.
struct Question {
  std::string name;  ///< `check_policy_service inet:127.0.0.1:10023`: equal names are one question
  OriginId origin = 0;
  enum class Power : std::uint8_t {
    any,      ///< either answer can let a relay through
    screen,   ///< `yes` can only refuse: no defence, since he comes again from elsewhere
    premise,  ///< `yes` only says that a domain is the owner's, or where he forwards it
  } power = Power::any;
  std::string says;  ///< `its answer is not in the configuration`
  std::string test;  ///< a command that answers for one case: `postmap -q example.net mysql:/x`
};

/// A value that rules leave for later rules. Two answers: set or not; not set at first.
struct Mark {
  std::string name;
  /// How long it lasts. What the session keeps, an earlier message of the same client can have
  /// left.
  enum class Life : std::uint8_t { recipient, message, session } life = Life::message;
};

/// Where mail comes in: what runs, and what strangers can do there.
struct Listener {
  std::string name;  ///< `smtp inet 25`
  bool runs = true;
  std::string why_not;  ///< in the server's own words, if it does not run
  OriginId origin = 0;
  std::vector<std::string> addresses;  ///< as bound: `0.0.0.0`, `::`, `127.0.0.1`
  std::vector<std::uint16_t> ports;
  /// What a stranger may make true without a secret: TLS, a certificate of his own, login where the
  /// authenticator admits anybody. What is not here stays untrue for him.
  std::vector<Flag> strangers_can;
  /// Flags whose truth for strangers hangs on this question.
  struct Doubt {
    Flag flag;
    std::uint32_t question = 0;
  };
  std::vector<Doubt> doubts;
  bool tls_from_the_start = false;
  /// What a client has to open with where that is not SMTP: `QMQP`, `a PROXY header`. Such a door
  /// is not asked from outside: it would keep us waiting for a greeting.
  std::string wants_first;
  bool only_defers = false;   ///< whatever it refuses it says 4xx instead of 5xx
  std::vector<Stage> stages;  ///< in the order in which they run
  ListId route =
      0;  ///< what becomes of a recipient that was taken; one without an End is handed on
};

/// A way from outside to a listener, and who appears as whom behind it.
struct Door {
  std::size_t listener = 0;  ///< index into Policy::listeners
  std::uint16_t port = 25;
  /// Real clients that can come in here.
  mail::IpSet clients = mail::IpSet::all();
  /// Real clients whom the server sees under another address.
  struct Seen {
    mail::IpSet clients;
    mail::IpAddress as;
    OriginId origin = 0;   ///< what makes it so
    std::string how = {};  ///< `docker-proxy`
  };
  std::vector<Seen> seen;
  /// Clients that may claim any client address, name, HELO and login (XCLIENT; PROXY).
  mail::IpSet may_claim;
  OriginId claim_origin = 0;
};

struct Policy {
  std::string mta;  ///< `postfix`
  std::vector<Origin> origins{{}};
  std::vector<Condition> conditions;
  std::vector<List> lists;
  std::vector<Table> tables;
  std::vector<Lookup> lookups;
  std::vector<Effect> results;  ///< what rows give
  std::vector<patterns::Pattern> patterns;
  std::vector<Transform> transforms;
  std::vector<Mark> marks;
  std::vector<Question> questions;
  std::vector<Listener> listeners;
  std::vector<Door> doors;
  Addresses addresses;

  /// Domains it answers for: those at or below these names, and these exact literals. Only claims
  /// that hold: written out, and below no stranger's reach.
  NameList answers_for;
  /// Lookups of a domain in rows outside the files that say it is the owner's: premises.
  std::vector<ConditionId> premises;  ///< Unknown conditions about the recipient's domain
  /// Registrable names that the configuration mentions, and so somebody owns: a stranger's
  /// confirmed name is below none of them, nor below one of answers_for.
  NameList owned_names;
  /// Names below answers_for are then somebody's as those below owned_names are: what if a stranger
  /// had one?
  bool lets_strangers_own_names = false;
  /// Where a recipient's local part has what is read as a route (`user%elsewhere`): in front of
  /// another domain it may name one by itself. None: this server reads no routes.
  std::optional<ConditionId> is_routed{};
  /// How often a recipient may be rewritten in a row before the server gives up.
  std::size_t rewrite_limit = 100;
};

/// True if the server answers for this domain or literal: it is, or lies below, one of answers_for.
bool answers_for(const Policy& policy, std::string_view domain);

/// The subject with transforms left out that others of their class make void.
Subject simplified(const Policy& policy, Subject subject);
/// The same for questions that do not depend on the case of letters: transforms of one class are
/// one.
Subject simplified_in_any_case(const Policy& policy, Subject subject);

/// The model in words, one line a rule: what tests compare and `--verbose` shows.
std::string print(const Policy& policy);

}  // namespace relayproof::policy
