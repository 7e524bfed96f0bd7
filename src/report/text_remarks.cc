#include <algorithm>
#include <map>
#include <set>

#include "report/layout.h"
#include "report/tally.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

using probe::DoorResult;
using probe::Outcome;
using probe::OutcomeKind;

// The refusal that shows best why nothing was found: one in relay words before any other.
const Outcome* telling_refusal(const probe::Run& run) {
  const Outcome* best = nullptr;
  for (const DoorResult& door : run.doors) {
    for (const Outcome& outcome : door.outcomes) {
      if (!outcome.reply) continue;
      if (outcome.kind != OutcomeKind::refused && outcome.kind != OutcomeKind::deferred) continue;
      if (outcome.refused_as == probe::RefusedAs::relay) return &outcome;
      if (best == nullptr) best = &outcome;
    }
  }
  return best;
}

std::string in_its_words(const probe::Run& run, const TextOptions& options) {
  // A server that takes everything explains nothing by the few spellings it does not understand.
  const bool takes_all =
      std::any_of(run.doors.begin(), run.doors.end(),
                  [](const DoorResult& door) { return door.accepts_everything; });
  if (run.verdict == probe::Verdict::open || takes_all) return "";
  const Outcome* refusal = telling_refusal(run);
  if (refusal == nullptr) return "";
  return "\n" + paragraph("  In its words   ", attempt_words(run, refusal->attempt, options), 19) +
         paragraph(std::string(17, ' '), reply_line(*refusal->reply, options), 19);
}

// What it means that the server sees another address than the one we asked from.
std::string seen_as_words(const mail::IpAddress& source, const std::string& seen) {
  const auto address = mail::IpAddress::parse(seen);
  if (address && address->unmapped() == source.unmapped()) return "";
  if (address && source.is_private() && !address->is_private() && !address->is_loopback()) {
    return "this machine (" + source.to_string() + ") is behind a NAT";
  }
  if (address && (address->is_private() || address->is_loopback())) {
    return "not as " + source.to_string() +
           ": something in front of the server rewrites client addresses, so every network that "
           "it trusts is in doubt";
  }
  return "not as " + source.to_string() +
         ": a NAT on this side, or something in front of the server rewrites client addresses; "
         "then every network that it trusts is in doubt";
}

std::string seen_as(const probe::Run& run, const TextOptions& options) {
  std::string out;
  std::set<std::string> given;
  for (const DoorResult& door : run.doors) {
    if (!door.seen_as) continue;
    const std::string words = seen_as_words(door.source, *door.seen_as);
    if (words.empty() || !given.insert(*door.seen_as + words).second) continue;
    out += paragraph("  Seen as   ", shown(*door.seen_as, 60, options) + ", " + words, 12);
  }
  return out;
}

// Undecided doors say why, each reason once. The headline has the run's reason already.
std::string reasons(const probe::Run& run, const TextOptions& options) {
  std::string out;
  std::set<std::string> given;
  for (const DoorResult& door : run.doors) {
    const bool why = door.verdict == probe::Verdict::undecided &&
                     door.reached == probe::Reached::yes && !door.reason.empty();
    if (!why || run.reason.ends_with(door.reason)) continue;
    if (!given.insert(door.reason).second) continue;
    out += paragraph("  " + door_label(door.target) + ": ", said(door.reason, 300, options), 6);
  }
  return out;
}

// A refused sender leaves its technique open, but its recipient was asked with the next sender.
bool asked_with_another_sender(const DoorResult& door, const Outcome& outcome) {
  return outcome.refused_as == probe::RefusedAs::sender &&
         std::any_of(door.outcomes.begin(), door.outcomes.end(), [&](const Outcome& other) {
           return other.kind != OutcomeKind::not_run &&
                  other.recipient_form == outcome.recipient_form;
         });
}

struct NotRun {
  std::set<std::string> refused_senders;  // techniques
  std::set<std::string> techniques;
  std::string because;  // of the first
};

NotRun not_run_at(const DoorResult& door) {
  NotRun found;
  std::set<std::string> answered;
  for (const Outcome& outcome : door.outcomes) {
    if (outcome.kind != OutcomeKind::not_run) answered.insert(outcome.technique);
  }
  for (const Outcome& outcome : door.outcomes) {
    if (answered.count(outcome.technique) != 0) continue;
    if (asked_with_another_sender(door, outcome)) {
      found.refused_senders.insert(outcome.technique);
    } else {
      found.techniques.insert(outcome.technique);
      if (found.because.empty()) found.because = outcome.not_run_because;
    }
  }
  return found;
}

// What it does besides, each once, with the doors at which it shows.
std::string weaknesses(const probe::Run& run, const TextOptions& options) {
  std::map<std::pair<std::string, std::string>, std::string> found;  // code and words -> where
  for (const DoorResult& door : run.doors) {
    for (const auto& weakness : door.weaknesses) {
      std::string& where = found[{weakness.code, weakness.says}];
      where += (where.empty() ? "" : ", ") + door_label(door.target);
    }
  }
  std::string out;
  for (const auto& [what, where] : found) {
    std::string line = said(what.second, 300, options);
    line.append("   ").append(what.first).append("   (").append(where).append(")");
    out += paragraph("  Besides   ", line, 12);
  }
  return out;
}

// What was planned and not asked: that part is not known to be closed. Doors that say the same
// share a line.
std::string not_run(const probe::Run& run, const TextOptions& options) {
  std::map<std::string, std::string> doors;  // words -> where
  for (const DoorResult& door : run.doors) {
    if (door.reached != probe::Reached::yes) continue;
    const NotRun found = not_run_at(door);
    const std::string of = " of " + std::to_string(tally(door).asked);
    const auto add = [&](const std::string& words) {
      std::string& where = doors[words];
      where += (where.empty() ? "" : ", ") + door_label(door.target);
    };
    if (!found.techniques.empty()) {
      add("Not asked: " + std::to_string(found.techniques.size()) + of +
          (found.because.empty() ? "" : ", " + said(found.because, 160, options)));
    }
    if (!found.refused_senders.empty()) {
      add("Sender refused: " + std::to_string(found.refused_senders.size()) + of +
          ", their recipients were asked with another sender");
    }
  }
  std::string out;
  for (const auto& [words, where] : doors) {
    std::string line = words;
    line.append(" (").append(where).append(")");
    out += paragraph("  ", line, 6);
  }
  return out;
}

}  // namespace

std::string remark_lines(const probe::Run& run, const TextOptions& options) {
  std::string out = in_its_words(run, options);
  const std::string rest = seen_as(run, options) + reasons(run, options) +
                           weaknesses(run, options) + not_run(run, options);
  if (!rest.empty() && out.empty()) out = "\n";
  out += rest;
  if (run.verdict == probe::Verdict::closed) {
    out += "  Not known from here: what it allows the addresses it trusts.\n";
  }
  return out;
}

std::string control_lines(const probe::Run& run, const TextOptions& options) {
  std::string out;
  for (const DoorResult& door : run.doors) {
    if (door.controls.empty()) continue;
    out += "\n  Controls at " + door_label(door.target) + "\n";
    for (const probe::Control& control : door.controls) {
      const std::string reply = control.reply ? reply_line(*control.reply, options) : "no reply";
      out += paragraph("    " + shown(control.name, 80, options) + "   ",
                       attempt_words(run, control.attempt, options) + "   " +
                           std::string(to_string(control.kind)) + "   " + reply,
                       8);
    }
  }
  return out;
}

}  // namespace relayproof::report
