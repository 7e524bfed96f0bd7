#include "probe/weaknesses.h"

#include <algorithm>

#include "probe/own_domain.h"

namespace relayproof::probe {
namespace {

using techniques::Prelude;

bool was_answered(const Outcome& outcome) {
  return outcome.kind != OutcomeKind::not_run && !outcome.helo_refused;
}

// Whatever the answer was: there should have been none.
bool obeys_clear_commands(const DoorResult& door) {
  return std::any_of(door.outcomes.begin(), door.outcomes.end(), [](const Outcome& outcome) {
    return outcome.prelude == Prelude::injected_behind_tls && was_answered(outcome);
  });
}

// RCPT without MAIL is out of order (RFC 5321 4.1.4); a word about the recipient shows that MAIL
// still counted.
bool remembers_over_tls(const DoorResult& door) {
  return std::any_of(door.outcomes.begin(), door.outcomes.end(), [](const Outcome& outcome) {
    if (outcome.prelude != Prelude::mail_before_tls || !was_answered(outcome)) return false;
    return !outcome.mail_refused &&
           (outcome.kind == OutcomeKind::accepted || outcome.refused_as == RefusedAs::relay ||
            outcome.refused_as == RefusedAs::recipient);
  });
}

const Control* unknown_taken(const DoorResult& door) {
  const auto found =
      std::find_if(door.controls.begin(), door.controls.end(), [](const Control& control) {
        return control.name == unknown_control && control.kind == OutcomeKind::accepted &&
               control.prelude == Prelude::none &&
               control.attempt.rcpt_to.find('@') != std::string::npos;
      });
  return found == door.controls.end() ? nullptr : &*found;
}

// A bounce demonstrates it. Without one, only where recipients outside were refused: else the
// verdict has said it already.
void add_backscatter(const DoorResult& door, std::vector<Weakness>& found) {
  for (const auto& control : door.controls) {
    if (control.name != backscatter_control || !control.bounce) continue;
    found.push_back({"RP4002", Evidence::demonstrated,
                     "it took a message for a mailbox that cannot exist, and sent the bounce to "
                     "the sender that the message named: whose address is forged gets them"});
    return;
  }
  const bool knows_outside =
      std::any_of(door.outcomes.begin(), door.outcomes.end(), [](const Outcome& outcome) {
        return outcome.refused_as == RefusedAs::relay && outcome.kind != OutcomeKind::not_run;
      });
  const Control* taken = unknown_taken(door);
  if (!knows_outside || door.own_domain.empty() || taken == nullptr) return;
  found.push_back({"RP4002", Evidence::observed,
                   "it takes mailboxes that cannot exist at its own domain: a catch-all, or a "
                   "server that bounces later, to whomever the sender was forged as"});
}

}  // namespace

std::vector<Weakness> weaknesses_of(const DoorResult& door) {
  std::vector<Weakness> found;
  if (obeys_clear_commands(door)) {
    found.push_back({"RP4001", Evidence::observed,
                     "it answered behind TLS what had come in clear with STARTTLS: who sits on the "
                     "way can put words into sessions of others"});
  }
  add_backscatter(door, found);
  if (remembers_over_tls(door)) {
    found.push_back({"RP4003", Evidence::observed,
                     "a MAIL that was said in clear still counted behind TLS: it does not forget "
                     "what came before"});
  }
  return found;
}

}  // namespace relayproof::probe
