#include "probe/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "probe/own_domain.h"

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

// A twin that was refused for good shows that the spelling alone is not what was taken.
bool twin_was_refused(const DoorResult& door, const Outcome& outcome) {
  if (!outcome.twin || *outcome.twin == unknown_control) return door.unknown_refused;
  const Control* twin = find(door, *outcome.twin);
  if (twin == nullptr || !was_refused(twin->kind)) return false;
  return meaning_of(twin->refused_as.value_or(RefusedAs::temporary)) != Refusal::says_nothing;
}

std::optional<CountsAs> meaning_of_acceptance(const DoorResult& door, const Outcome& outcome) {
  if (outcome.kind != OutcomeKind::accepted && outcome.kind != OutcomeKind::delivered) return {};
  if (outcome.kind == OutcomeKind::delivered) return CountsAs::relay;
  return twin_was_refused(door, outcome) ? CountsAs::relay : CountsAs::unclear;
}

// A server for people with a password refuses all others, its own postmaster's mail included.
bool refuses_all_without_password(const DoorResult& door) {
  const bool offers_auth =
      std::any_of(door.extensions.begin(), door.extensions.end(),
                  [](const std::string& keyword) { return keyword.rfind("AUTH", 0) == 0; });
  const bool submission = door.target.port == 587 || door.target.port == 465;  // RFC 6409, 8314
  bool wants_auth = offers_auth || submission;
  for (const auto& outcome : door.outcomes) {
    if (outcome.kind == OutcomeKind::not_run) continue;
    const bool for_good = outcome.kind == OutcomeKind::refused ||
                          outcome.refused_as == RefusedAs::relay;  // 454 is Debian's default
    if (!for_good) return false;
    wants_auth = wants_auth || outcome.refused_as == RefusedAs::auth;
  }
  const bool takes_own_mail =
      std::any_of(door.controls.begin(), door.controls.end(),
                  [](const Control& control) { return control.kind == OutcomeKind::accepted; });
  return wants_auth && !takes_own_mail;
}

struct Tally {
  std::size_t relays = 0, unclear = 0, settled = 0, open_questions = 0;
  const Outcome* first_relay = nullptr;
  const Outcome* first_open_question = nullptr;
  bool plain_taken = false;  // the plain recipient outside, from whatever sender
};

// A form is answered if any of its attempts was: a refused sender is followed by another one.
bool answered_otherwise(const DoorResult& door, const Outcome& outcome) {
  return std::any_of(door.outcomes.begin(), door.outcomes.end(), [&](const Outcome& other) {
    return other.kind != OutcomeKind::not_run && other.technique == outcome.technique;
  });
}

bool is_settled(const DoorResult& door, const Outcome& outcome, bool password_only) {
  // Refused at HELO or at DATA, for good: whoever asks like this gets nothing through.
  if (outcome.helo_refused || outcome.phase == "data") return outcome.kind == OutcomeKind::refused;
  switch (meaning_of(outcome.refused_as.value_or(RefusedAs::policy))) {
    case Refusal::settles:
      return true;
    case Refusal::ambiguous:
      return password_only || (door.postmaster_taken && door.unknown_refused);
    case Refusal::says_nothing:
      return password_only;
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
                  other.recipient_form == outcome.recipient_form;
         });
}

void count(const DoorResult& door, const Outcome& outcome, bool password_only, Tally& tally) {
  if (outcome.kind == OutcomeKind::not_run) {
    if (is_covered(door, outcome)) return;
  } else if (was_refused(outcome.kind)) {
    if (is_settled(door, outcome, password_only)) {
      ++tally.settled;
      return;
    }
  } else if (outcome.counts_as == CountsAs::relay) {
    if (tally.relays++ == 0) tally.first_relay = &outcome;
    return;
  } else {
    ++tally.unclear;
    tally.plain_taken = tally.plain_taken || outcome.twin == unknown_control;
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
  door.accepts_everything = tally.plain_taken && !door.unknown_refused;
  if (door.accepts_everything) {
    door.reason =
        "it takes recipients outside and mailboxes that cannot exist alike: an open relay, or a "
        "server that takes everything and delivers nothing";
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

void conclude(DoorResult& door, const Tally& tally) {
  door.verdict = Verdict::undecided;
  if (tally.relays == 0) return conclude_without_relay(door, tally);
  if (door.trusted_place) {
    door.reason =
        "recipients outside were accepted, but from a place this server may trust: ask from "
        "another network";
    return;
  }
  door.verdict = Verdict::open;
  door.reason = fmt::format("recipients outside are accepted by {} ways of asking", tally.relays);
}

}  // namespace

Refusal meaning_of(RefusedAs refused_as) {
  switch (refused_as) {
    case RefusedAs::relay:
    case RefusedAs::auth:
    case RefusedAs::tls:  // not here without TLS: the door behind STARTTLS is asked by itself
    case RefusedAs::syntax:
      return Refusal::settles;
    case RefusedAs::recipient:
    case RefusedAs::policy:
      return Refusal::ambiguous;
    case RefusedAs::sender:
    case RefusedAs::client:
    case RefusedAs::rate:
    case RefusedAs::temporary:
      return Refusal::says_nothing;
  }
  return Refusal::says_nothing;
}

void judge(DoorResult& door) {
  if (door.reached != Reached::yes) return;
  for (auto& outcome : door.outcomes) outcome.counts_as = meaning_of_acceptance(door, outcome);
  door.wants_password = refuses_all_without_password(door);
  Tally tally;
  for (const auto& outcome : door.outcomes) count(door, outcome, door.wants_password, tally);
  conclude(door, tally);
}

}  // namespace relayproof::probe
