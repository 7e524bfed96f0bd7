#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>
#include <string_view>

#include "report/layout.h"
#include "report/tally.h"
#include "report/text_parts.h"

namespace relayproof::report {
namespace {

using probe::DoorResult;
using probe::Run;
using probe::Verdict;

constexpr std::string_view red = "\033[1;31m";
constexpr std::string_view green = "\033[1;32m";
constexpr std::string_view yellow = "\033[1;33m";

std::string took(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "   (%.1f s)", std::max(seconds, 0.0));
  return text;
}

std::string family_name(const DoorResult& door) {
  return door.target.address.is_v6() ? "IPv6" : "IPv4";
}

std::string port_name(const DoorResult& door) { return "port " + port_label(door.target); }

// How many addresses and which ports answered: a closed door that did not is no evidence.
std::string extent(const Run& run) {
  std::set<mail::IpAddress> addresses;
  std::set<std::uint16_t> ports;
  for (const DoorResult& door : run.doors) {
    if (!answered(door)) continue;
    addresses.insert(door.target.address);
    ports.insert(door.target.port);
  }
  std::string out = counted(addresses.size(), "address", "addresses") +
                    (ports.size() == 1 ? ", port" : ", ports");
  for (const std::uint16_t port : ports) out += " " + std::to_string(port);
  return out;
}

std::string places(const Run& run) {
  const bool elsewhere = run.places.size() == 1 && run.places.front() != probe::here;
  return elsewhere ? run.places.front() : counted(run.places.size(), "place", "places");
}

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

// The doors by one property (family, port): which values are open, closed, undecided; nothing
// unless every value is one of the three and some are not open.
std::string contrast(const Run& run, std::string_view preposition,
                     const std::function<std::string(const DoorResult&)>& property) {
  std::set<std::string> open;
  std::set<std::string> closed;
  std::set<std::string> undecided;
  for (const DoorResult& door : run.doors) {
    if (!answered(door)) continue;
    auto& names = door.verdict == Verdict::open     ? open
                  : door.verdict == Verdict::closed ? closed
                                                    : undecided;
    names.insert(property(door));
  }
  for (const std::string& name : open) {
    if (closed.count(name) != 0 || undecided.count(name) != 0) return "";
  }
  for (const std::string& name : undecided) closed.erase(name);
  if (closed.empty() && undecided.empty()) return "";
  const std::string on = std::string(preposition) + " ";
  std::string rest;
  if (!closed.empty()) rest = on + joined(closed) + " no relay found";
  if (!undecided.empty())
    rest += (rest.empty() ? "" : "; ") + on + joined(undecided) + " undecided";
  return " " + on + joined(open) + "   (" + rest + ")";
}

std::string open_scope(const Run& run) {
  std::string scope = contrast(run, "over", family_name);
  if (scope.empty()) scope = contrast(run, "on", port_name);
  if (scope.empty()) {
    scope =
        contrast(run, "at", [](const DoorResult& door) { return door.target.address.to_string(); });
  }
  if (scope.empty()) {
    scope = contrast(run, "from", [](const DoorResult& door) { return door.place; });
  }
  if (!scope.empty()) return scope;
  std::set<std::string> techniques;
  std::set<std::string> places;
  for (const DoorResult& door : run.doors) {
    if (door.verdict != Verdict::open) continue;
    places.insert(door_label(door.target));
    for (const probe::Outcome* relay : relays_of(door)) techniques.insert(relay->technique);
  }
  scope = "   " + counted(techniques.size(), "way of asking", "ways of asking") + " accepted";
  if (places.size() == 1) return scope + ", at " + *places.begin();
  return scope + ", at " + counted(places.size(), "door", "doors");
}

// Messages were sent to the end: what became of them says more than what was accepted.
bool delivers_nothing(const Run& run) {
  return std::any_of(run.doors.begin(), run.doors.end(), [](const DoorResult& door) {
    return std::any_of(door.outcomes.begin(), door.outcomes.end(),
                       [](const probe::Outcome& outcome) { return !outcome.tokens.empty(); });
  });
}

struct Headline {
  std::string word;
  std::string_view colour;
  std::string rest;  // begins with its own spaces
};

Headline headline(const Run& run, const TextOptions& options) {
  if (run.verdict == Verdict::open) return {"OPEN RELAY", red, open_scope(run)};
  if (run.verdict == Verdict::closed) {
    return {"CLOSED", green,
            "   no relay found: " + counted(run.techniques, "way of asking", "ways of asking") +
                ", " + extent(run) + ", from " + places(run)};
  }
  if (takes_everything(run) && !delivers_nothing(run)) {
    return {"ACCEPTS MAIL FOR ANYBODY", yellow,
            "   an open relay, or a server that takes everything and delivers nothing"};
  }
  return {"UNDECIDED", yellow, "   " + said(run.reason, 400, options)};
}

}  // namespace

bool takes_everything(const Run& run) {
  return run.verdict == Verdict::undecided &&
         std::any_of(run.doors.begin(), run.doors.end(), [](const DoorResult& door) {
           return door.accepts_everything && !door.trusted_place;
         });
}

std::string verdict_lines(const Run& run, const TextOptions& options) {
  const Headline verdict = headline(run, options);
  std::string rest = verdict.rest;
  for (const std::string& clause : run.not_asked) rest += "; " + said(clause, 200, options);
  rest += took(run.seconds);
  // The colour has no columns, so it goes in when the lines are made.
  const std::size_t gap = rest.find_first_not_of(' ');
  std::string lines = paragraph("  " + verdict.word + rest.substr(0, gap), rest.substr(gap),
                                2 + verdict.word.size() + 3);
  if (options.colour) {
    lines.replace(2, verdict.word.size(), std::string(verdict.colour) + verdict.word + "\033[0m");
  }
  return lines;
}

}  // namespace relayproof::report
