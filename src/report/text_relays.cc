#include <algorithm>

#include "report/layout.h"
#include "report/tally.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

constexpr std::size_t others_shown = 8;

using probe::DoorResult;
using probe::Outcome;

std::string hand_lines(const DoorResult& door, const Outcome& relay) {
  const ByHand lines = by_hand(door, relay);
  std::string out;
  if (!lines.swaks.empty()) {
    out = command_lines("    By hand  ", lines.swaks, 15);
    if (!lines.swaks_exact)
      out += "             (swaks adds angle brackets; nc sends the very bytes)\n";
  }
  return out + command_lines(out.empty() ? "    By hand  " : "        or   ", lines.nc, 15);
}

// What was claimed before the question: `XCLIENT ADDR=127.0.0.1`.
std::string prelude_words(const Outcome& outcome) {
  const auto words = to_string(outcome.prelude);
  return words.empty() ? std::string() : std::string(words) + "  ";
}

std::string relay_line(const probe::Run& run, const Outcome& relay, const TextOptions& options) {
  const std::string reply = relay.reply ? reply_line(*relay.reply, options) : "no reply";
  return paragraph(
      "    ", prelude_words(relay) + attempt_words(run, relay.attempt, options) + "   " + reply, 8);
}

// The likeliest others by name: which spelling lets strangers in is what the owner wants to know.
std::string others_line(const std::vector<const Outcome*>& relays) {
  const std::size_t shown = std::min(relays.size(), others_shown + 1);
  std::string names;
  for (std::size_t i = 1; i < shown; ++i) names += (i == 1 ? "" : ", ") + relays[i]->technique;
  if (shown < relays.size()) names += ", ..";
  return paragraph("    ",
                   "and " + counted(relays.size() - 1, "other way", "other ways") +
                       " (--verbose shows each): " + names,
                   8);
}

// Which way the mail left is worth a look: a smart host may be listed, too.
std::string delivery_line(const DoorResult& door) {
  std::size_t sent = 0;
  std::size_t arrived = 0;
  const canary::Arrival* first = nullptr;
  for (const Outcome& outcome : door.outcomes) {
    sent += outcome.tokens.empty() ? 0 : 1;
    arrived += outcome.arrival ? 1 : 0;
    if (outcome.arrival && first == nullptr) first = &*outcome.arrival;
  }
  if (first == nullptr) return "    Demonstrated: a message was delivered.\n";
  std::string out = std::to_string(arrived) + " of " + counted(sent, "message", "messages") +
                    " came to the canary, from " + first->from.to_string();
  if (first->from != door.target.address.unmapped()) {
    out += ", which is not this address: a smart host, or a NAT on the way out";
  }
  return paragraph("    Demonstrated: ", out + ".", 8);
}

std::string evidence_line(const DoorResult& door) {
  if (door.evidence == probe::Evidence::demonstrated) return delivery_line(door);
  std::string out = "recipients accepted";
  const probe::Control* unknown = control_named(door, "unknown-local-recipient");
  if (door.unknown_refused && unknown != nullptr && unknown->reply) {
    out +=
        "; not a server that takes everything (unknown user " + reply_words(*unknown->reply) + ")";
  }
  return paragraph("    Observed: ", out + ".", 8);
}

std::string door_part(const probe::Run& run, const DoorResult& door, const TextOptions& options) {
  const std::vector<const Outcome*> relays = relays_of(door);
  const bool several = run.places.size() > 1;
  std::string out = "\n  Relays for strangers: " + door_label(door.target) +
                    (several ? " from " + shown(door.place, 80, options) : "") + "\n";
  for (std::size_t i = 0; i < (options.verbose ? relays.size() : 1); ++i) {
    out += relay_line(run, *relays[i], options) + hand_lines(door, *relays[i]);
  }
  if (!options.verbose && relays.size() > 1) out += others_line(relays);
  return out + evidence_line(door);
}

}  // namespace

std::string relay_lines(const probe::Run& run, const TextOptions& options) {
  std::string out;
  for (const DoorResult& door : run.doors) {
    if (door.verdict != probe::Verdict::open || relays_of(door).empty()) continue;
    out += door_part(run, door, options);
  }
  return out + likely_lines(run, options);
}

}  // namespace relayproof::report
