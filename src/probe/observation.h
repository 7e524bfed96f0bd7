// What a prober saw, as plain data: the input of every report. Texts of servers are their own
// bytes; reports escape them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canary/arrivals.h"
#include "mail/attempt.h"
#include "mail/ip_address.h"
#include "mail/reply.h"
#include "mail/tls_mode.h"
#include "smtp/session.h"
#include "techniques/technique.h"

namespace relayproof::probe {

/// Why a server refused, as far as its words tell.
enum class RefusedAs {
  relay,      ///< it does not relay to there for us
  recipient,  ///< it does not know or take this recipient; OpenSMTPD's word for relaying as well
  sender,     ///< it does not take our sender: the relay question was not reached
  client,     ///< it does not take us: a block list, a bad name
  policy,     ///< a rule that does not say what it is about
  auth,       ///< it wants a password first
  tls,        ///< it wants TLS first
  rate,       ///< too much, too fast, too many errors
  syntax,     ///< it does not understand the spelling
  temporary,  ///< it cannot tell now: greylisting, a lookup that failed
};

enum class OutcomeKind { refused, deferred, accepted, delivered, not_run };

/// What an accepted attempt means.
enum class CountsAs {
  relay,    ///< handed on to an outside domain, as far as replies tell
  local,    ///< taken for a mailbox of the server's own
  unclear,  ///< the harmless twin was taken as well: replies do not tell
};

enum class Verdict { closed, undecided, open };
enum class Evidence { observed, demonstrated };

/// One technique asked at one door.
struct Outcome {
  std::string technique;
  techniques::Prelude prelude = techniques::Prelude::none;  ///< what was done before
  std::string recipient_form;  ///< the catalogue's spelling, which several techniques may share
  mail::Attempt attempt;
  std::string phase = "rcpt";  ///< `rcpt`, `data`, `delivered`: how far it went
  bool helo_refused = false;   ///< the HELO itself was refused: nobody gets further with it
  bool mail_refused = false;   ///< at MAIL: the recipient was not reached
  OutcomeKind kind = OutcomeKind::not_run;
  std::optional<RefusedAs> refused_as;
  std::optional<CountsAs> counts_as;
  std::optional<std::string> twin;         ///< the control that decided
  std::optional<mail::Reply> reply;        ///< the decisive one; absent if there was none
  std::string not_run_because;             ///< one clause, if not_run
  std::vector<std::string> tokens;         ///< of the messages that were sent with it
  std::optional<canary::Arrival> arrival;  ///< the first of them that came to the canary
};

/// A question whose answer decides what other answers mean.
struct Control {
  std::string name;  ///< `unknown-local-recipient`, `postmaster`, `impossible-domain`, `twin:…`
  mail::Attempt attempt;
  OutcomeKind kind = OutcomeKind::not_run;
  std::optional<RefusedAs> refused_as;
  std::optional<mail::Reply> reply;
  techniques::Prelude prelude = techniques::Prelude::none;  ///< what was done before
  std::string token = {};                      ///< of the message that was sent with it
  std::optional<canary::Arrival> bounce = {};  ///< which it returned to the canary
};

/// What a server does that is no relaying, and that its owner should know.
struct Weakness {
  std::string code;  ///< its finding: `RP4002`
  Evidence evidence = Evidence::observed;
  std::string says;  ///< one sentence
};

struct Target {
  std::string host;  ///< the name asked for, or the address
  mail::IpAddress address;
  std::uint16_t port = 25;
  mail::TlsMode tls = mail::TlsMode::none;
};

enum class Software {
  postfix,
  opensmtpd,
  exim,
  sendmail,
  exchange,
  sink,  ///< for tests: takes everything, and delivers nothing unless it is told to
  other,
  unknown,
};

/// Whether the door could be asked at all.
enum class Reached {
  yes,
  refused,      ///< no server listens there
  timed_out,    ///< no answer to the connection: down, or filtered on the way
  unreachable,  ///< a router says no
  no_route,     ///< this machine has no route of that family
  no_tls,       ///< STARTTLS is not offered there
  not_smtp,     ///< something listens that does not speak SMTP, or not to us
};

/// With hyphens: `not-smtp`.
std::string_view to_string(Reached reached);

/// The place of this program itself, among those that were asked from.
inline constexpr std::string_view here = "here";

/// One door: an address, a port, a TLS mode.
struct DoorResult {
  Target target;
  std::string place{here};  ///< where it was asked from: `here`, `root@vps.example`, a proxy
  mail::IpAddress source;
  Reached reached = Reached::yes;
  Verdict verdict = Verdict::undecided;
  Evidence evidence = Evidence::observed;
  std::string reason;                  ///< one sentence
  bool accepts_everything = false;     ///< outside, impossible and unknown recipients alike, from
                                       ///< whoever asks without a claim
  bool wants_password = false;         ///< every refusal was "authenticate first"
  bool trusted_place = false;          ///< asked from a place that it may trust
  bool in_full = false;                ///< the whole battery, not the baseline attempts only
  std::optional<std::string> seen_as;  ///< the address under which it says it sees us
  std::string banner;
  std::vector<std::string> extensions;
  Software software = Software::unknown;
  std::vector<std::string> certificate_names;
  std::string own_domain;  ///< the domain its controls were asked at; may be empty
  bool postmaster_taken = false;
  bool unknown_refused = false;    ///< at own_domain
  bool refuses_something = false;  ///< an unknown mailbox was refused somewhere
  bool changes_its_mind = false;   ///< about one and the same unknown mailbox's domain
  std::vector<Control> controls;
  std::vector<Outcome> outcomes;
  std::vector<Weakness> weaknesses;
  double waited = 0;  ///< seconds, for messages to come to the canary
  std::size_t blocked_after =
      0;  ///< attempts answered before it cut us off for good; 0: it did not
  std::size_t round_trips = 0;
  std::size_t connections = 0;
  double seconds = 0;
  std::vector<std::vector<smtp::Line>> transcripts;  ///< a session each
};

/// A whole run against one host.
struct Run {
  std::string id;  ///< ULID
  std::chrono::system_clock::time_point when;
  std::string host;         ///< as given
  std::string mail_domain;  ///< the domain whose MX it is; may be empty
  std::string our_name;     ///< what we call ourselves in HELO
  std::vector<std::string> places = {std::string(here)};
  std::vector<mail::IpAddress> sources;
  std::vector<DoorResult> doors;
  std::vector<std::string> not_asked;  ///< clauses: `IPv6 not asked: no IPv6 route from here`
  bool weak = false;                   ///< closed, but something was not asked: exit status 1
  Verdict verdict = Verdict::undecided;
  Evidence evidence = Evidence::observed;
  std::string reason;          ///< one sentence
  std::size_t techniques = 0;  ///< distinct ways of asking that were answered at some door
  double seconds = 0;
};

std::string_view to_string(RefusedAs refused_as);
std::string_view to_string(OutcomeKind kind);  ///< `not-run` with a hyphen
std::string_view to_string(CountsAs counts_as);
std::string_view to_string(Verdict verdict);
std::string_view to_string(Evidence evidence);
std::string_view to_string(Software software);

}  // namespace relayproof::probe
