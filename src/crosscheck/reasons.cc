#include "crosscheck/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace relayproof::crosscheck {
namespace {

bool same_door(const probe::Target& a, const probe::Target& b) {
  return a.address == b.address && a.port == b.port;
}

std::string place(const policy::Origin& origin) {
  const auto& file = origin.range.file;
  const auto slash = file.rfind('/');
  const std::string name = file.substr(slash == std::string::npos ? 0 : slash + 1);
  if (name.empty()) return "the default of " + origin.setting;
  return origin.range.line == 0 ? name : fmt::format("{}:{}", name, origin.range.line);
}

// The line that lets this attempt through: the narrow one behind the last permit.
std::string permitting_line(const policy::Policy& policy, std::size_t listener,
                            const policy::Attempt& attempt) {
  const auto decision = policy::decide(policy, listener, attempt);
  for (auto step = decision.trace.rbegin(); step != decision.trace.rend(); ++step) {
    if (step->result != policy::Step::Result::permit) continue;
    const auto origin = step->because.empty() ? step->origin : step->because.front();
    if (origin != 0) return place(policy.origins.at(origin));
  }
  return {};
}

void add_families(const Evidence& evidence, std::vector<Finding>& to) {
  using probe::Verdict;
  std::set<std::string> told;
  for (const auto& a : evidence.run->doors) {
    for (const auto& b : evidence.run->doors) {
      const bool differ = a.verdict == Verdict::open && b.verdict == Verdict::closed &&
                          a.target.address.family() != b.target.address.family() &&
                          a.target.port == b.target.port && a.target.tls == b.target.tls;
      if (!differ || !told.insert(std::to_string(a.target.port)).second) continue;
      to.push_back(
          {"RP5103",
           Severity::critical,
           {},
           fmt::format("port {} relays over {} and refuses over {}: something in front hides those "
                       "clients behind an address that the server trusts",
                       a.target.port, a.target.address.is_v6() ? "IPv6" : "IPv4",
                       b.target.address.is_v6() ? "IPv6" : "IPv4"),
           "look on the server what publishes the port: relayproof check there names the line"});
    }
  }
}

// Some server trusts the address under which it saw us, or there is none that could tell.
bool is_trusted(const Evidence& evidence, const SeenAs& seen) {
  const auto served = served_by(evidence.instances, seen.door);
  if (!served) return true;
  const auto& door = served->by->loaded->policy.doors.at(served->door);
  const auto& audited = served->by->audit->doors.at(served->door);
  // The model knows of it: then its clients relay, or they do not.
  for (const auto& known : door.seen) {
    if (known.as == seen.saw) return !(known.clients & audited.may_relay).empty();
  }
  return audited.may_relay.contains(seen.saw) || seen.saw.is_loopback();
}

void add_rewritten(const Evidence& evidence, std::vector<Finding>& to) {
  std::set<std::string> told;
  for (const auto& seen : evidence.seen) {
    if (seen.saw == seen.asked_from.unmapped()) continue;
    if (!told.insert(seen.saw.to_string() + " " + seen.asked_from.to_string()).second) continue;
    to.push_back({"RP5105",
                  is_trusted(evidence, seen) ? Severity::high : Severity::low,
                  {},
                  fmt::format("{}: client addresses are rewritten: we asked {} from {}, and its {} "
                              "says {}",
                              seen.by_log ? "demonstrated" : "observed", in_words(seen.door),
                              seen.asked_from.to_string(), seen.by_log ? "log" : "reply",
                              seen.saw.to_string()),
                  "let real addresses through, and trust no address under which others appear"});
  }
}

void add_outdated(const Evidence& evidence, std::vector<Finding>& to) {
  for (const auto& instance : evidence.instances) {
    if (!is_outdated(instance)) continue;
    to.push_back({"RP5104",
                  Severity::medium,
                  {instance.changed_file, 0, 0},
                  fmt::format("{} changed {} s after the processes of {} last read it: they may "
                              "still run the old one",
                              instance.changed_file, *instance.changed_at - *instance.read_at,
                              instance.name),
                  "postfix reload, then check again"});
  }
}

}  // namespace

std::string in_words(const probe::Target& door) {
  const std::string_view tls = door.tls == mail::TlsMode::starttls   ? " STARTTLS"
                               : door.tls == mail::TlsMode::implicit ? " TLS"
                                                                     : "";
  return fmt::format("{} port {}{}", door.address.to_string(), door.port, tls);
}

const SeenAs* rewritten_at(const Evidence& evidence, const probe::Target& door) {
  const auto found =
      std::find_if(evidence.seen.begin(), evidence.seen.end(), [&](const SeenAs& seen) {
        return same_door(seen.door, door) && seen.saw != seen.asked_from.unmapped();
      });
  return found == evidence.seen.end() ? nullptr : &*found;
}

bool is_outdated(const Instance& instance) {
  // Since when the machine runs, and so when a process began, is known to the second (proc(5)).
  constexpr std::int64_t uncertain_seconds = 1;
  return instance.running && instance.read_at && instance.changed_at &&
         *instance.changed_at > *instance.read_at + uncertain_seconds;
}

std::string why_open_outside(const Evidence& evidence, const Instance& instance,
                             std::size_t policy_door, const probe::DoorResult& door) {
  const auto& policy = instance.loaded->policy;
  const auto listener = policy.doors.at(policy_door).listener;
  if (const SeenAs* seen = rewritten_at(evidence, door.target)) {
    for (const auto& outcome : door.outcomes) {
      auto attempt = attempt_of(instance, door, outcome, seen->saw);
      if (relays(instance, listener, attempt) != Truth::yes) continue;
      const auto line = permitting_line(policy, listener, attempt);
      return fmt::format("the server saw us as {}, which {} trusts; we asked from {}",
                         seen->saw.to_string(), line.empty() ? "the configuration" : line,
                         seen->asked_from.to_string());
    }
    return fmt::format("the server saw us as {}, and we asked from {}", seen->saw.to_string(),
                       seen->asked_from.to_string());
  }
  if (is_outdated(instance)) {
    return instance.changed_file + " is newer than the running processes: postfix reload";
  }
  if (!instance.running) return "the running server does not use this configuration";
  return "something in front makes us appear as somebody whom it trusts, or the running server "
         "uses another configuration";
}

std::string why_closed_outside(const Evidence&, const Instance& instance,
                               const probe::DoorResult& door) {
  if (is_outdated(instance)) {
    return instance.changed_file +
           " is newer than the running processes, which still refuse: a "
           "reload or restart would open it";
  }
  if (door.software != probe::Software::postfix && door.software != probe::Software::unknown) {
    return fmt::format("what answers there is {}, not the server of this configuration",
                       to_string(door.software));
  }
  if (!instance.running) return "the running server does not use this configuration";
  return "something in front refuses it, or the running server uses another configuration; the "
         "configuration alone protects nobody";
}

void add_overall(const Evidence& evidence, std::vector<Finding>& to) {
  if (evidence.run != nullptr) add_families(evidence, to);
  add_rewritten(evidence, to);
  add_outdated(evidence, to);
}

}  // namespace relayproof::crosscheck
