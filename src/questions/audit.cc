#include "questions/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "questions/causes.h"
#include "questions/consequences.h"
#include "questions/own_names.h"

namespace relayproof::questions {
namespace {

// CLI.md: what is still the owner's own networks, most likely.
constexpr std::uint64_t scoped_v4 = 65'536;
constexpr unsigned scoped_v6_bits = 128 - 48;

bool is_few(const mail::IpSet& clients) {
  return clients.size_v4() <= scoped_v4 &&
         clients.size_v6() <= (mail::Uint128{1} << scoped_v6_bits);
}

// Nothing but the client's address decides in any of the ways in.
bool address_alone_decides(const policy::Reach& reach) {
  return std::all_of(reach.exposures.begin(), reach.exposures.end(),
                     [](const policy::Exposure& exposure) {
                       return !exposure.surely ||
                              (exposure.any_helo && exposure.any_sender && !exposure.needs_name &&
                               !exposure.witness.user && !exposure.witness.speaks_for);
                     });
}

void judge(const policy::Policy& policy, const policy::Door& door, const policy::Reach& reach,
           const AuditOptions& options, AuditedDoor& to) {
  const auto routable = mail::globally_routable();
  const auto strangers = to.relays & routable;
  const auto perhaps = to.may_relay & routable;
  const bool lost = !door.seen.empty() || !door.may_claim.is_subset_of(options.trusted);
  if (!strangers.empty() && !(is_few(strangers) && address_alone_decides(reach) && !lost)) {
    to.verdict = Verdict::open;
    to.reason = "strangers may relay";
  } else if (perhaps != strangers) {
    to.verdict = Verdict::undecided;
    to.reason = reach.too_large ? "too large to decide within the budget"
                                : "hangs on what the configuration does not tell";
  } else if (options.strict && !reach.premises.empty()) {
    to.verdict = Verdict::undecided;
    to.reason = "hangs on rows outside these files";
  } else if (!strangers.empty()) {
    to.verdict = Verdict::scoped;
    to.reason = "only these networks may relay: confirm them once with --trusted";
  } else {
    to.verdict = Verdict::closed;
    to.reason = door.clients.is_subset_of(options.trusted) ? "trusted clients only"
                                                           : "nobody untrusted may relay";
  }
  for (const auto question : reach.premises) {
    to.premises.push_back(policy.questions.at(question).name + " " +
                          policy.questions.at(question).says);
  }
}

dialects::Assumption assumption(const policy::Policy& policy, std::uint32_t index) {
  const auto& question = policy.questions.at(index);
  const auto& origin = policy.origins.at(question.origin);
  return {origin.range, question.name, question.says, true};
}

AuditedDoor audited(const dialects::Loaded& loaded, const policy::Door& door,
                    const AuditOptions& options, policy::Solutions& solutions) {
  const auto& policy = loaded.policy;
  const auto& listener = policy.listeners.at(door.listener);
  AuditedDoor result;
  result.name = listener.name;
  result.addresses = listener.addresses;
  result.port = door.port;
  result.runs = loaded.runs && listener.runs;
  result.why_not = loaded.runs ? listener.why_not : loaded.why_not;
  result.loopback_only = door.clients.is_subset_of(mail::loopback());
  if (!result.runs) {
    result.reason = "it does not run";
    return result;
  }
  policy::ReachOptions reach_options;
  reach_options.solutions = &solutions;
  reach_options.prefer = mail::globally_routable() - options.trusted;
  const auto reach = policy::reach(policy, door, reach_options);
  result.relays = reach.surely - options.trusted;
  result.may_relay = reach.possibly - options.trusted;
  judge(policy, door, reach, options, result);
  if (result.verdict != Verdict::open && !reach.too_large) {
    if (const auto name = own_name_that_relays(policy, door, reach)) {
      result.premises.push_back("no stranger has a confirmed name such as " + *name +
                                ", by which clients are let pass");
    }
  }
  for (auto exposure : reach.exposures) {
    exposure.clients = exposure.clients - options.trusted;
    if (exposure.clients.empty()) continue;
    auto because =
        exposure.surely ? causes(policy, door, exposure, solutions) : std::vector<Cause>{};
    auto needed = needs(exposure);
    result.exposures.push_back({std::move(exposure), std::move(needed), std::move(because)});
  }
  for (const auto question : reach.hangs_on) {
    result.assumptions.push_back(assumption(policy, question));
  }
  for (const auto& limit : reach.limits) result.assumptions.push_back({{}, limit, limit, true});
  return result;
}

// What had to be taken for granted and could matter: closed is not proved then.
void doubt(const dialects::Loaded& loaded, AuditedDoor& door) {
  for (const auto& assumption : loaded.assumptions) {
    if (!assumption.decisive) continue;
    door.assumptions.push_back(assumption);
    if (door.verdict < Verdict::undecided) {
      door.verdict = Verdict::undecided;
      door.reason = assumption.where.line == 0 ? "hangs on what is not in these files"
                                               : "hangs on a line that was not understood";
    }
  }
}

// A door whose service does not run lets nothing through; but a server of which nothing runs is not
// what its owner means it to be, and nothing is said of that.
Verdict worst(const std::vector<AuditedDoor>& doors) {
  const auto counts = [](const AuditedDoor& door) { return !door.loopback_only; };
  const bool any_runs = std::any_of(doors.begin(), doors.end(), [&](const AuditedDoor& door) {
    return counts(door) && door.runs;
  });
  Verdict verdict = doors.empty() ? Verdict::undecided : Verdict::closed;
  for (const auto& door : doors) {
    if (counts(door) && (door.runs || !any_runs)) verdict = std::max(verdict, door.verdict);
  }
  return verdict;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  static constexpr std::array<std::string_view, 4> names = {"closed", "scoped", "undecided",
                                                            "open"};
  return names.at(static_cast<std::size_t>(verdict));
}

Audit audit(const dialects::Loaded& loaded, const AuditOptions& options) {
  Audit audit;
  audit.runs = loaded.runs;
  audit.why_not = loaded.why_not;
  policy::Solutions solutions;
  for (const auto& door : loaded.policy.doors) {
    audit.doors.push_back(audited(loaded, door, options, solutions));
    if (audit.doors.back().runs && !audit.doors.back().loopback_only) {
      doubt(loaded, audit.doors.back());
    }
  }
  audit.verdict = worst(audit.doors);
  if (!loaded.runs) audit.verdict = Verdict::undecided;
  audit.findings = loaded.findings;
  add_consequences(loaded, audit);
  return audit;
}

}  // namespace relayproof::questions
