#include "probe/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace relayproof::probe {
namespace {

bool reached_port_25(const Run& run) {
  return std::any_of(run.doors.begin(), run.doors.end(), [](const DoorResult& door) {
    return door.target.port == 25 && door.reached == Reached::yes;
  });
}

bool reached_anything(const Run& run) {
  return std::any_of(run.doors.begin(), run.doors.end(),
                     [](const DoorResult& door) { return door.reached == Reached::yes; });
}

bool reached_ipv6(const Run& run) {
  return std::any_of(run.doors.begin(), run.doors.end(), [](const DoorResult& door) {
    return door.target.address.is_v6() && door.reached == Reached::yes;
  });
}

// What a place could not decide, another one may have.
bool got_further(const Run& one, const Run& other) {
  if (reached_anything(one) != reached_anything(other)) return reached_anything(one);
  return reached_port_25(one) && !reached_port_25(other);
}

bool decides(const Run& run, const std::vector<Run>& all) {
  if (run.verdict != Verdict::undecided) return true;
  return std::none_of(all.begin(), all.end(),
                      [&](const Run& other) { return got_further(other, run); });
}

// Not asked from there, and asked from elsewhere: that is no gap.
bool is_filled(const std::string& clause, const std::vector<Run>& all) {
  return clause.starts_with("IPv6 not asked") && std::any_of(all.begin(), all.end(), reached_ipv6);
}

void add_unasked(const Run& run, const std::vector<Run>& all, Run& to) {
  const std::string from = "from " + run.places.front() + ": ";
  if (!decides(run, all)) to.not_asked.push_back(from + run.reason);
  for (const auto& clause : run.not_asked) {
    if (!is_filled(clause, all)) to.not_asked.push_back(from + clause);
  }
}

bool is_worse(const Run& run, const Run& than) {
  return run.verdict > than.verdict ||
         (run.verdict == than.verdict && run.evidence > than.evidence);
}

bool same_door(const Target& one, const Target& other) {
  return one.address == other.address && one.port == other.port && one.tls == other.tls;
}

void conclude(const std::vector<Run>& runs, Run& joined) {
  const Run* worst = nullptr;
  for (const auto& run : runs) {
    if (decides(run, runs) && (worst == nullptr || is_worse(run, *worst))) worst = &run;
    add_unasked(run, runs, joined);
    joined.techniques = std::max(joined.techniques, run.techniques);
    joined.seconds += run.seconds;
  }
  joined.verdict = worst->verdict;
  joined.evidence = worst->evidence;
  joined.weak = worst->verdict == Verdict::closed && !joined.not_asked.empty();
  joined.reason = worst->verdict == Verdict::closed
                      ? fmt::format("{}, from {} places", worst->reason, runs.size())
                      : fmt::format("from {}: {}", worst->places.front(), worst->reason);
}

}  // namespace

void set_place(Run& run, const std::string& place) {
  run.places = {place};
  for (auto& door : run.doors) door.place = place;
}

Run join(std::vector<Run> runs) {
  if (runs.size() == 1) return std::move(runs.front());
  const Run& first = runs.front();
  Run joined;
  joined.id = first.id;
  joined.when = first.when;
  joined.host = first.host;
  joined.mail_domain = first.mail_domain;
  joined.our_name = first.our_name;
  joined.places.clear();
  conclude(runs, joined);
  for (auto& run : runs) {
    joined.places.push_back(run.places.front());
    for (const auto& source : run.sources) {
      const auto& known = joined.sources;
      if (std::find(known.begin(), known.end(), source) == known.end()) {
        joined.sources.push_back(source);
      }
    }
    for (auto& door : run.doors) joined.doors.push_back(std::move(door));
  }
  return joined;
}

std::vector<Disagreement> disagreements(const Run& run) {
  std::vector<Disagreement> all;
  for (const auto& door : run.doors) {
    if (door.reached != Reached::yes || door.verdict == Verdict::undecided) continue;
    auto entry = std::find_if(all.begin(), all.end(), [&](const Disagreement& one) {
      return same_door(one.target, door.target);
    });
    if (entry == all.end())
      entry = all.insert(all.end(), Disagreement{"RP4004", door.target, {}, {}});
    (door.verdict == Verdict::open ? entry->open : entry->closed).push_back(door.place);
  }
  std::erase_if(all,
                [](const Disagreement& one) { return one.open.empty() || one.closed.empty(); });
  return all;
}

}  // namespace relayproof::probe
