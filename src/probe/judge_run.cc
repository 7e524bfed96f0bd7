#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "probe/judge.h"
#include "probe/refusal.h"

namespace relayproof::probe {
namespace {

std::string name_of(const Target& target) {
  const std::string address =
      target.address.is_v6() ? "[" + target.address.to_string() + "]" : target.address.to_string();
  const std::string tls = target.tls == mail::TlsMode::starttls ? " STARTTLS" : "";
  return fmt::format("{}:{}{}", address, target.port, tls);
}

bool is_starttls(const DoorResult& door) { return door.target.tls == mail::TlsMode::starttls; }

// Doors that strangers may be able to enter but that we did not get through. A port that refuses
// connections has no server; a submission port that is filtered is filtered for strangers, too.
void note_unasked(Run& run, const DoorResult& door) {
  const std::string name = name_of(door.target);
  switch (door.reached) {
    case Reached::timed_out:
      if (is_starttls(door) || !is_submission(door.target.port)) {
        run.not_asked.push_back(name + " not asked: no answer in time");
      }
      break;
    case Reached::unreachable:
      run.not_asked.push_back(name + " not asked: unreachable from here");
      break;
    case Reached::no_tls:
      run.not_asked.push_back(name + " not asked: TLS failed");
      break;
    case Reached::not_smtp:
      run.not_asked.push_back(name + " not asked: " + door.reason);
      break;
    case Reached::refused:
      // It answered there without TLS.
      if (is_starttls(door)) run.not_asked.push_back(name + " not asked: connection refused");
      break;
    case Reached::yes:
    case Reached::no_route:
      break;
  }
}

std::string words_of(const DoorResult& door) { return name_of(door.target) + ": " + door.reason; }

// Without a server on port 25, ports for people with a password say little of a mail server.
void note_port_25(Run& run) {
  const auto at_25 = [](const DoorResult& door) { return door.target.port == 25; };
  const bool asked = std::any_of(run.doors.begin(), run.doors.end(), at_25);
  const bool refused = std::all_of(run.doors.begin(), run.doors.end(), [&](const DoorResult& door) {
    return !at_25(door) || door.reached == Reached::refused;
  });
  if (asked && refused) run.not_asked.emplace_back("port 25 not asked: connection refused");
}

bool wants_tls(const DoorResult& door) {
  return std::any_of(door.outcomes.begin(), door.outcomes.end(),
                     [](const Outcome& outcome) { return outcome.refused_as == RefusedAs::tls; });
}

// It refused because TLS comes first, and behind TLS nothing was asked.
const DoorResult* not_asked_behind_tls(const Run& run) {
  for (const auto& door : run.doors) {
    if (door.target.tls != mail::TlsMode::none || !wants_tls(door)) continue;
    const bool asked =
        std::any_of(run.doors.begin(), run.doors.end(), [&](const DoorResult& other) {
          return is_starttls(other) && other.reached == Reached::yes &&
                 other.target.address == door.target.address &&
                 other.target.port == door.target.port;
        });
    if (!asked) return &door;
  }
  return nullptr;
}

std::string nobody_answered(const Run& run) {
  const auto all = [&](Reached how) {
    return std::all_of(run.doors.begin(), run.doors.end(),
                       [&](const DoorResult& door) { return door.reached == how; });
  };
  if (run.doors.empty()) return "no route from here to any of its addresses";
  if (all(Reached::refused)) return "no server there: every connection was refused";
  if (all(Reached::no_route)) return "no route from here to any of its addresses";
  for (const auto& door : run.doors) {
    if (door.reached == Reached::not_smtp) return words_of(door);
  }
  return "no door could be asked: " + words_of(run.doors.front());
}

// The door whose verdict is the run's: the worst, the first among equals.
const DoorResult* decisive(const Run& run) {
  const DoorResult* worst = nullptr;
  for (const auto& door : run.doors) {
    if (door.reached != Reached::yes) continue;
    // What is demonstrated says more than what is observed.
    const bool worse = worst == nullptr || door.verdict > worst->verdict ||
                       (door.verdict == worst->verdict && door.evidence > worst->evidence);
    if (worse) worst = &door;
  }
  return worst;
}

std::size_t count_techniques(const Run& run) {
  std::set<std::string> answered;
  for (const auto& door : run.doors) {
    for (const auto& outcome : door.outcomes) {
      if (outcome.kind != OutcomeKind::not_run) answered.insert(outcome.technique);
    }
  }
  return answered.size();
}

bool port_25_silent(const Run& run) {
  bool silent = false;
  for (const auto& door : run.doors) {
    if (door.target.port != 25) continue;
    if (door.reached == Reached::yes) return false;
    silent = silent || door.reached != Reached::refused;
  }
  return silent;
}

}  // namespace

void judge(Run& run) {
  const DoorResult* door = decisive(run);
  const bool said_by_reason = door == nullptr && run.doors.size() == 1;
  if (!said_by_reason) {
    for (const auto& each : run.doors) note_unasked(run, each);
    note_port_25(run);
  }
  run.techniques = count_techniques(run);
  run.evidence = door == nullptr ? Evidence::observed : door->evidence;
  run.verdict = door == nullptr ? Verdict::undecided : door->verdict;
  if (door == nullptr) {
    run.reason = nobody_answered(run);
  } else if (run.verdict == Verdict::closed && port_25_silent(run)) {
    run.verdict = Verdict::undecided;
    run.reason = "port 25 did not answer: the server is down, or port 25 is blocked on the way";
  } else if (const DoorResult* behind = not_asked_behind_tls(run);
             run.verdict == Verdict::closed && behind != nullptr) {
    run.verdict = Verdict::undecided;
    run.reason = name_of(behind->target) + ": it wants TLS first, and TLS failed";
  } else if (run.verdict == Verdict::closed) {
    run.reason = fmt::format("no relay found by {} ways of asking", run.techniques);
    run.weak = !run.not_asked.empty();
  } else {
    run.reason = name_of(door->target) + ": " + door->reason;
  }
}

}  // namespace relayproof::probe
