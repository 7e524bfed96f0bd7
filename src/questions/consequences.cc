#include "questions/consequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "questions/causes.h"
#include "questions/lost_addresses.h"

namespace relayproof::questions {
namespace {

SourceRange place_of(const AuditedExposure& exposure) {
  return exposure.because.empty() ? SourceRange{} : exposure.because.front().where;
}

void add_open(const AuditedDoor& door, std::vector<Finding>& to) {
  for (const auto& exposure : door.exposures) {
    if (!exposure.exposure.surely) continue;
    const auto strangers = exposure.exposure.clients & door.relays & mail::globally_routable();
    if (strangers.empty()) continue;
    const bool open = door.verdict == Verdict::open;
    to.push_back(
        {"RP2001", open ? Severity::critical : Severity::medium, place_of(exposure),
         fmt::format("{} may relay through {} without a password", strangers_in_words(strangers),
                     door.name),
         open ? "take away or narrow the lines named as causes"
              : "confirm that these networks are yours with --trusted, or narrow the line"});
  }
}

void add_private(const AuditedDoor& door, std::vector<Finding>& to) {
  for (const auto& exposure : door.exposures) {
    const auto inside = exposure.exposure.clients & door.relays & mail::private_use();
    if (inside.empty() || !exposure.exposure.surely || door.verdict == Verdict::open) continue;
    to.push_back(
        {"RP2010", Severity::info, place_of(exposure),
         fmt::format("private networks may relay through {}: {}", door.name,
                     clients_in_words(inside)),
         "make sure that no proxy, NAT or container network makes strangers appear there"});
  }
}

void add_not_running(const AuditedDoor& door, std::vector<Finding>& to) {
  if (door.runs) return;
  to.push_back({"RP1002",
                Severity::high,
                {},
                fmt::format("{} does not run: {}", door.name, door.why_not),
                "mend what the server itself says"});
}

}  // namespace

void add_consequences(const dialects::Loaded& loaded, Audit& audit) {
  for (const auto& door : audit.doors) {
    if (!door.loopback_only) add_open(door, audit.findings);
    if (!door.loopback_only) add_private(door, audit.findings);
    if (loaded.runs) add_not_running(door, audit.findings);
  }
  for (std::size_t i = 0; i < audit.doors.size(); ++i) {
    add_lost_addresses(loaded, audit.doors[i], loaded.policy.doors.at(i), audit.findings);
  }
  if (!loaded.runs) {
    audit.findings.push_back({"RP1002",
                              Severity::high,
                              {},
                              "the server does not run: " + loaded.why_not,
                              "mend what the server itself says"});
  }
  const auto key = [](const Finding& finding) {
    return std::make_tuple(-static_cast<int>(finding.severity), finding.where.file,
                           finding.where.line, finding.where.column, finding.code, finding.says);
  };
  std::sort(audit.findings.begin(), audit.findings.end(),
            [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  audit.findings.erase(
      std::unique(audit.findings.begin(), audit.findings.end(),
                  [&](const Finding& a, const Finding& b) { return key(a) == key(b); }),
      audit.findings.end());
}

}  // namespace relayproof::questions
