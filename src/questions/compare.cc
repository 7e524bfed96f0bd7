#include "questions/compare.h"

#include <algorithm>

namespace relayproof::questions {
namespace {

const policy::Listener& listener_of(const policy::Policy& policy, const policy::Door& door) {
  return policy.listeners.at(door.listener);
}

const policy::Door* same_door(const policy::Policy& policy, const policy::Policy& other,
                              const policy::Door& door) {
  const auto found =
      std::find_if(other.doors.begin(), other.doors.end(), [&](const policy::Door& candidate) {
        return candidate.port == door.port &&
               listener_of(other, candidate).addresses == listener_of(policy, door).addresses;
      });
  return found == other.doors.end() ? nullptr : &*found;
}

std::vector<std::string> doors_only_in(const policy::Policy& policy, const policy::Policy& other) {
  std::vector<std::string> names;
  for (const auto& door : policy.doors) {
    if (same_door(policy, other, door) == nullptr) names.push_back(listener_of(policy, door).name);
  }
  return names;
}

bool runs(const dialects::Loaded& loaded, const policy::Door& door) {
  return loaded.runs && listener_of(loaded.policy, door).runs;
}

void compare_door(const dialects::Loaded& before, const policy::Door& door_before,
                  const dialects::Loaded& after, const policy::Door& door_after,
                  const AuditOptions& options, Comparison& to) {
  const auto& listener = listener_of(after.policy, door_after);
  if (runs(before, door_before) != runs(after, door_after)) {
    to.limits.push_back(listener.name + (runs(after, door_after) ? " did not run before"
                                                                 : " does not run any more"));
    return;
  }
  if (!runs(after, door_after)) return;
  policy::ReachOptions reach;
  reach.prefer = mail::globally_routable() - options.trusted;
  auto found = policy::differences(before.policy, door_before, after.policy, door_after, reach);
  for (auto& difference : found.found) {
    to.changes.push_back({listener.name, door_after.port, std::move(difference)});
  }
  for (const auto& limit : found.limits) to.limits.push_back(listener.name + ": " + limit);
  if (found.too_large && found.limits.empty()) {
    to.limits.push_back(listener.name + ": too large to compare within the budget");
  }
}

}  // namespace

Comparison compare(const dialects::Loaded& before, const dialects::Loaded& after,
                   const AuditOptions& options) {
  Comparison result;
  result.before = audit(before, options).verdict;
  result.after = audit(after, options).verdict;
  result.only_before = doors_only_in(before.policy, after.policy);
  result.only_after = doors_only_in(after.policy, before.policy);
  for (const auto& door : before.policy.doors) {
    const auto* other = same_door(before.policy, after.policy, door);
    if (other != nullptr) compare_door(before, door, after, *other, options, result);
  }
  return result;
}

}  // namespace relayproof::questions
