// What the rule sets of a sendmail.cf say of one attempt: check_relay, check_mail, the way of the
// recipient, check_rcpt, with the macros that the daemon sets. What hangs on the DNS or on a map
// that is not read is tried with every answer it can have.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/sendmail/rewriting.h"
#include "dialects/sendmail/rule_address.h"
#include "dialects/sendmail/rule_delivery.h"

namespace relayproof::sendmail {

/// How the client's name was found.
enum class ClientName : std::uint8_t {
  none,    ///< no PTR record
  forged,  ///< a name that does not lead back to the address
  confirmed
};

/// One recipient of one message, and what its session said before.
struct RuleAttempt {
  std::string client;       ///< its address
  std::string client_name;  ///< of its PTR record
  ClientName name_is = ClientName::none;
  std::optional<std::string> helo;
  std::string mail_from = "<>";    ///< as behind `MAIL FROM:`
  std::vector<std::string> after;  ///< recipients of the same message before it
  std::string rcpt_to;             ///< as behind `RCPT TO:`
  std::optional<std::string> login, mechanism;
  bool tls = false;
  std::string verify;  ///< `$&{verify}`: `NO`, `OK`, `FAIL`; empty without TLS
  std::string cert_issuer, cert_subject;
  std::string server_address;
  std::string daemon_flags;  ///< `$&{daemon_flags}`: M= of DaemonPortOptions, `u c`
  std::string daemon_name;
  std::map<std::string, std::string> macros;  ///< further ones
};

enum class RuleStage : std::uint8_t { connect, mail, rcpt };

/// What became of it.
struct RuleOutcome {
  enum class Kind : std::uint8_t { accepted, discarded, quarantined, refused };
  Kind kind = Kind::refused;
  RuleStage stage = RuleStage::rcpt;     ///< of a refusal: which rule set refused
  RuleReply reply;                       ///< of a refusal
  std::string mailer, host, user;        ///< of what was accepted: where rule set 0 sends it
  std::vector<RuleDelivery> deliveries;  ///< and where it goes then
  SourceRange where;                     ///< the rule that decided, as far as one did
  bool operator==(const RuleOutcome& other) const;
};

struct RuleVerdict {
  /// The outcomes that are possible. One: it is decided.
  std::vector<RuleOutcome> outcomes;
  /// Hidden facts that were asked for: `DNS of example.net`.
  std::vector<std::string> hidden;
  std::string trouble;  ///< why it is undecided: a loop, a map that is not read; or empty
  SourceRange trouble_at;
  std::vector<RunStep> steps;  ///< rules that matched, of the first outcome
  bool is_decided() const { return trouble.empty() && outcomes.size() == 1; }
};

/// Settles a hidden fact where the caller knows it: the number of an answer of the result.
using KnownAnswer = std::function<std::optional<std::size_t>(
    std::string_view map, const std::string& key, const MapResult& result)>;

/// Without `names` every user of a local mailer is taken for known.
RuleVerdict check_attempt(const Cf& cf, const Maps& maps, const RuleAttempt& attempt,
                          const KnownAnswer& known = {}, const LocalNames* names = nullptr);

/// One rule set on text, as the daemon's checks run it; `second` stands behind `$|`.
RuleVerdict check_rule_set(const Cf& cf, const Maps& maps, std::string_view set,
                           std::string_view text, std::optional<std::string_view> second,
                           const RuleAttempt& attempt, const KnownAnswer& known = {});

/// `IPv6:2001:db8:0:0:0:0:0:1`, as `$&{client_addr}` has it.
std::string address_text(const Cf& cf, std::string_view address);

}  // namespace relayproof::sendmail
