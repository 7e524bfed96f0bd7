#include "report/tally.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace relayproof::report {
namespace {

// The further down, the more it reached.
enum class Rank { not_run, deferred, refused, local, unclear, relay };

Rank rank(const probe::Outcome& outcome) {
  switch (outcome.kind) {
    case probe::OutcomeKind::not_run:
      return Rank::not_run;
    case probe::OutcomeKind::deferred:
      // Debian's Postfix says 454 where others say 554: what it means counts, not the digit.
      return outcome.refused_as == probe::RefusedAs::relay ? Rank::refused : Rank::deferred;
    case probe::OutcomeKind::refused:
      return Rank::refused;
    case probe::OutcomeKind::accepted:
    case probe::OutcomeKind::delivered:
      break;
  }
  if (outcome.counts_as == probe::CountsAs::relay) return Rank::relay;
  return outcome.counts_as == probe::CountsAs::local ? Rank::local : Rank::unclear;
}

// The outcome that stands for each technique, in the order in which they were asked.
std::vector<const probe::Outcome*> best_of_each(const probe::DoorResult& door) {
  std::vector<const probe::Outcome*> best;
  std::map<std::string_view, std::size_t> place;
  for (const probe::Outcome& outcome : door.outcomes) {
    const auto [found, fresh] = place.try_emplace(outcome.technique, best.size());
    if (fresh) {
      best.push_back(&outcome);
    } else if (rank(outcome) > rank(*best[found->second])) {
      best[found->second] = &outcome;
    }
  }
  return best;
}

void count_refusal(Tally& tally, const probe::Outcome& outcome) {
  if (!outcome.reply) return;
  const std::string words = reply_words(*outcome.reply);
  const auto same = std::find_if(tally.refusals.begin(), tally.refusals.end(),
                                 [&](const auto& entry) { return entry.first == words; });
  if (same == tally.refusals.end()) {
    tally.refusals.emplace_back(words, 1);
  } else {
    ++same->second;
  }
}

void count(Tally& tally, const probe::Outcome& outcome) {
  switch (rank(outcome)) {
    case Rank::not_run:
      ++tally.not_run;
      return;
    case Rank::deferred:
      ++tally.deferred;
      return count_refusal(tally, outcome);
    case Rank::refused:
      ++tally.refused;
      return count_refusal(tally, outcome);
    case Rank::local:
      ++tally.local;
      return;
    case Rank::unclear:
      ++tally.unclear;
      return;
    case Rank::relay:
      if (tally.relays++ == 0 && outcome.reply) tally.relay_reply = reply_words(*outcome.reply);
      return;
  }
}

}  // namespace

Tally tally(const probe::DoorResult& door) {
  Tally result;
  for (const probe::Outcome* outcome : best_of_each(door)) {
    ++result.asked;
    count(result, *outcome);
  }
  std::stable_sort(result.refusals.begin(), result.refusals.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return result;
}

bool answered(const probe::DoorResult& door) {
  return door.reached == probe::Reached::yes &&
         std::any_of(door.outcomes.begin(), door.outcomes.end(), [](const probe::Outcome& outcome) {
           return outcome.kind != probe::OutcomeKind::not_run;
         });
}

std::vector<const probe::Outcome*> relays_of(const probe::DoorResult& door) {
  std::vector<const probe::Outcome*> relays;
  for (const probe::Outcome* outcome : best_of_each(door)) {
    if (rank(*outcome) == Rank::relay) relays.push_back(outcome);
  }
  return relays;
}

const probe::Control* control_named(const probe::DoorResult& door, std::string_view name) {
  const auto found =
      std::find_if(door.controls.begin(), door.controls.end(),
                   [&](const probe::Control& control) { return control.name == name; });
  return found == door.controls.end() ? nullptr : &*found;
}

std::string reply_words(const mail::Reply& reply) {
  const auto enhanced = reply.enhanced();
  return std::to_string(reply.code) + (enhanced ? " " + enhanced->to_string() : "");
}

}  // namespace relayproof::report
