#include "probe/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "probe/own_domain.h"
#include "probe/refusal.h"
#include "probe/weaknesses.h"

namespace relayproof::probe {
namespace {

bool was_refused(OutcomeKind kind) {
  return kind == OutcomeKind::refused || kind == OutcomeKind::deferred;
}

const Control* find(const DoorResult& door, const std::string& name) {
  const auto found = std::find_if(door.controls.begin(), door.controls.end(),
                                  [&](const Control& control) { return control.name == name; });
  return found == door.controls.end() ? nullptr : &*found;
}

bool any_control(const DoorResult& door, std::string_view name, OutcomeKind kind) {
  return std::any_of(door.controls.begin(), door.controls.end(), [&](const Control& control) {
    return control.name == name && control.kind == kind &&
           control.prelude == techniques::Prelude::none;
  });
}

// An unknown mailbox was refused somewhere: it does not take everything.
bool refuses_an_unknown(const DoorResult& door) {
  return door.unknown_refused || door.refuses_something;
}

// The unknown mailbox, asked behind the same claim; nullptr if it was not.
const Control* unknown_behind(const DoorResult& door, techniques::Prelude claim) {
  const Control* found = nullptr;
  for (const auto& control : door.controls) {
    const bool same = control.name == unknown_control && control.prelude == claim;
    // One that was taken says more than one that was refused.
    if (same && (found == nullptr || control.kind == OutcomeKind::accepted)) found = &control;
  }
  return found;
}

bool refuses_an_unknown_behind(const DoorResult& door, techniques::Prelude claim) {
  const Control* unknown =
      claim == techniques::Prelude::none ? nullptr : unknown_behind(door, claim);
  return unknown == nullptr ? refuses_an_unknown(door) : was_refused(unknown->kind);
}

// A twin that was refused for good shows that the spelling alone is not what was taken.
bool twin_was_refused(const DoorResult& door, const Outcome& outcome) {
  if (door.changes_its_mind) return false;
  if (!outcome.twin || *outcome.twin == unknown_control) {
    return refuses_an_unknown_behind(door, outcome.prelude);
  }
  const Control* twin = find(door, *outcome.twin);
  if (twin == nullptr || !was_refused(twin->kind)) return false;
  return meaning_of(twin->refused_as.value_or(RefusedAs::temporary)) != Refusal::says_nothing;
}

// Messages were sent there, and whether any came to the canary.
struct Deliveries {
  std::size_t tried = 0, sent = 0, arrived = 0;  // refused behind the dot is tried, and not sent
  bool none_arrived() const { return tried > 0 && arrived == 0; }
};

Deliveries deliveries_of(const DoorResult& door) {
  Deliveries deliveries;
  for (const auto& outcome : door.outcomes) {
    const bool arrived = outcome.kind == OutcomeKind::delivered;
    const bool taken = outcome.kind == OutcomeKind::accepted && !outcome.tokens.empty();
    deliveries.tried += outcome.tokens.empty() ? 0 : 1;
    deliveries.sent += arrived || taken ? 1 : 0;
    deliveries.arrived += arrived ? 1 : 0;
  }
  return deliveries;
}

std::optional<CountsAs> meaning_of_acceptance(const DoorResult& door, const Outcome& outcome,
                                              const Deliveries& deliveries) {
  if (outcome.kind != OutcomeKind::accepted && outcome.kind != OutcomeKind::delivered) return {};
  if (outcome.kind == OutcomeKind::delivered) return CountsAs::relay;
  // A yes that led nowhere; nor do those that were not tried to the end say more than it.
  if (!outcome.tokens.empty() || deliveries.none_arrived()) return CountsAs::unclear;
  return twin_was_refused(door, outcome) ? CountsAs::relay : CountsAs::unclear;
}

struct Tally {
  std::size_t relays = 0, unclear = 0, settled = 0, open_questions = 0;
  const Outcome* first_relay = nullptr;
  const Outcome* first_open_question = nullptr;
  bool plain_taken = false;                    // the plain recipient outside, from whatever sender
  const Outcome* first_claim_taken = nullptr;  // the same, behind a claim only
};

// A form is answered if any of its attempts was: a refused sender is followed by another one.
bool answered_otherwise(const DoorResult& door, const Outcome& outcome) {
  return std::any_of(door.outcomes.begin(), door.outcomes.end(), [&](const Outcome& other) {
    return other.kind != OutcomeKind::not_run && other.technique == outcome.technique;
  });
}

bool is_settled(const DoorResult& door, const Outcome& outcome) {
  switch (meaning_of(outcome)) {
    case Refusal::settles:
      return true;
    case Refusal::needs_postmaster:
      return door.wants_password || door.postmaster_taken;
    case Refusal::ambiguous:
      return door.wants_password || (door.postmaster_taken && door.unknown_refused);
    case Refusal::says_nothing:
      return door.wants_password && outcome.refused_as == RefusedAs::client &&
             !outcome.helo_refused;
  }
  return false;
}

// The sender was refused, and another question asked the same recipient form.
bool is_covered(const DoorResult& door, const Outcome& outcome) {
  if (outcome.refused_as != RefusedAs::sender) return false;
  return answered_otherwise(door, outcome) ||
         std::any_of(door.outcomes.begin(), door.outcomes.end(), [&](const Outcome& other) {
           return other.kind != OutcomeKind::not_run &&
                  other.attempt.helo == outcome.attempt.helo &&
                  other.attempt.first_rcpt == outcome.attempt.first_rcpt &&
                  other.recipient_form == outcome.recipient_form;
         });
}

void count(const DoorResult& door, const Outcome& outcome, Tally& tally) {
  if (outcome.kind == OutcomeKind::not_run) {
    if (is_covered(door, outcome)) return;
  } else if (was_refused(outcome.kind)) {
    if (is_settled(door, outcome)) {
      ++tally.settled;
      return;
    }
  } else if (outcome.counts_as == CountsAs::relay) {
    if (tally.relays++ == 0) tally.first_relay = &outcome;
    return;
  } else {
    ++tally.unclear;
    const bool plain = outcome.twin == unknown_control;
    const bool claims = outcome.prelude != techniques::Prelude::none;
    tally.plain_taken = tally.plain_taken || (plain && !claims);
    if (plain && claims && tally.first_claim_taken == nullptr) tally.first_claim_taken = &outcome;
    return;
  }
  if (tally.open_questions++ == 0) tally.first_open_question = &outcome;
}

std::string doubt(const DoorResult& door, const Tally& tally) {
  const Outcome& outcome = *tally.first_open_question;
  const std::string words = outcome.reply ? fmt::format("{}", outcome.reply->code) : "no reply";
  if (outcome.kind == OutcomeKind::not_run && outcome.refused_as != RefusedAs::sender) {
    return fmt::format("{} of {} ways were not asked: {}", tally.open_questions,
                       door.outcomes.size(), outcome.not_run_because);
  }
  if (blames_the_domain(outcome)) {
    return "it says that the domain outside takes no mail (" + words +
           "), so its relaying was not reached: give --to YOU@ANOTHER-DOMAIN";
  }
  switch (outcome.refused_as.value_or(RefusedAs::policy)) {
    case RefusedAs::client:
      return "it refuses this place as a client (" + words +
             ": a block list, or our name), so its relaying was not reached";
    case RefusedAs::sender:
      return "it refuses our senders (" + words +
             "), so its relaying was not reached: give --from YOU@YOUR-DOMAIN";
    case RefusedAs::temporary:
      return "it answers \"later\" (" + words +
             ": greylisting, or a lookup that fails there): ask again in some minutes";
    case RefusedAs::rate:
      return "it limits how much we may ask (" + words + "): ask again later";
    default:
      break;
  }
  if (!door.postmaster_taken) {
    return "it refuses (" + words +
           "), but its own postmaster too, so the refusal may be of us and not of relaying: give "
           "--domain with a domain it answers for";
  }
  return "it refuses in words (" + words +
         ") that it also uses for unknown users, and takes unknown users of its own domain";
}

void conclude_without_relay(DoorResult& door, const Tally& tally) {
  const bool unknown_taken = any_control(door, unknown_control, OutcomeKind::accepted);
  door.accepts_everything = tally.plain_taken && unknown_taken && !refuses_an_unknown(door);
  if (door.accepts_everything) {
    door.reason =
        door.software == Software::sink
            ? "it takes everything, as sinks for tests do, and says that it is one: it delivers "
              "nothing, unless it was told to"
            : "it takes recipients outside and mailboxes that cannot exist alike: an open relay, "
              "or a server that takes everything and delivers nothing";
  } else if (tally.plain_taken && door.changes_its_mind) {
    door.reason =
        "it takes recipients outside, and mailboxes that cannot exist at one time and not at "
        "another: several servers behind one address, or one that changes its mind";
  } else if (tally.plain_taken) {
    door.reason =
        "it takes recipients outside, but whether it takes mailboxes that cannot exist was not "
        "answered: ask again";
  } else if (tally.first_claim_taken != nullptr) {
    door.reason = fmt::format(
        "behind \"{}\" it takes recipients outside and mailboxes that cannot exist alike: it may "
        "relay for whoever says so, or deliver nothing",
        to_string(tally.first_claim_taken->prelude));
  } else if (tally.open_questions > 0) {
    door.reason = doubt(door, tally);
  } else if (tally.unclear > 0) {
    door.reason = fmt::format(
        "{} odd spellings were taken, and so were their harmless twins: local mailboxes or a "
        "relay, replies do not tell",
        tally.unclear);
  } else if (tally.settled == 0) {
    door.reason = "nothing was asked there";
  } else {
    door.verdict = Verdict::closed;
    door.reason = fmt::format("no relay found by {} ways of asking", tally.settled);
  }
}

// What looked open, and delivered nothing.
void conclude_without_arrival(DoorResult& door, const Tally& tally, const Deliveries& deliveries) {
  conclude_without_relay(door, tally);
  door.verdict = Verdict::undecided;
  if (deliveries.sent == 0) {
    door.reason = fmt::format(
        "it takes recipients outside, and refuses each of {} messages for them", deliveries.tried);
    return;
  }
  door.reason = fmt::format(
      "it accepts, and does not deliver: none of {} messages that it took for recipients outside "
      "came to the canary within {:.0f} s",
      deliveries.sent, door.waited);
}

void conclude(DoorResult& door, const Tally& tally, const Deliveries& deliveries) {
  door.verdict = Verdict::undecided;
  if (tally.relays == 0) {
    return deliveries.none_arrived() ? conclude_without_arrival(door, tally, deliveries)
                                     : conclude_without_relay(door, tally);
  }
  if (door.trusted_place) {
    door.reason =
        "recipients outside were accepted, but from a place this server may trust: ask from "
        "another network";
    return;
  }
  door.verdict = Verdict::open;
  door.reason = fmt::format("recipients outside are accepted by {} ways of asking", tally.relays);
  if (deliveries.arrived > 0) {
    door.reason +=
        fmt::format("; {} of {} messages came to the canary", deliveries.arrived, deliveries.sent);
  }
}

// Where others were refused at DATA, a recipient that was taken says nothing until that is asked,
// too; the time may have been over before.
void doubt_what_was_not_asked_at_data(DoorResult& door) {
  const bool refuses_later =
      std::any_of(door.outcomes.begin(), door.outcomes.end(), [](const Outcome& outcome) {
        return outcome.phase == "data" && outcome.kind == OutcomeKind::refused;
      });
  if (!refuses_later) return;
  for (auto& outcome : door.outcomes) {
    const bool half_asked = outcome.counts_as == CountsAs::relay && outcome.phase == "rcpt";
    if (half_asked) outcome.counts_as = CountsAs::unclear;
  }
}

}  // namespace

void judge(DoorResult& door) {
  if (door.reached != Reached::yes) return;
  const Deliveries deliveries = deliveries_of(door);
  for (auto& outcome : door.outcomes) {
    outcome.counts_as = meaning_of_acceptance(door, outcome, deliveries);
  }
  doubt_what_was_not_asked_at_data(door);
  door.evidence = deliveries.arrived > 0 ? Evidence::demonstrated : Evidence::observed;
  door.wants_password = refuses_all_without_password(door);
  Tally tally;
  for (const auto& outcome : door.outcomes) count(door, outcome, tally);
  conclude(door, tally, deliveries);
  door.weaknesses = weaknesses_of(door);
}

}  // namespace relayproof::probe
