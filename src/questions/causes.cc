#include "questions/causes.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace relayproof::questions {
namespace {

using policy::OriginId;
using policy::Step;

constexpr std::size_t most_networks = 8;

const policy::Condition* condition_of(const policy::Policy& policy, OriginId origin) {
  const auto found =
      std::find_if(policy.conditions.begin(), policy.conditions.end(),
                   [&](const policy::Condition& condition) { return condition.origin == origin; });
  return found == policy.conditions.end() ? nullptr : &*found;
}

std::string meaning(const policy::Policy& policy, OriginId origin) {
  const auto* condition = condition_of(policy, origin);
  if (condition == nullptr) return "lets it through";
  if (const auto* client = std::get_if<policy::ClientIn>(&condition->is)) {
    return "trusts " + clients_in_words(client->addresses);
  }
  return "matches it";
}

Cause cause_of(const policy::Policy& policy, OriginId origin, std::string says) {
  const auto& from = policy.origins.at(origin);
  return {from.range, from.text, from.setting, std::move(says)};
}

bool has(const std::vector<OriginId>& origins, OriginId origin) {
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

// The rule through which a narrow line works.
const Step* rule_with(const std::vector<Step>& trace, OriginId origin) {
  const auto found = std::find_if(trace.begin(), trace.end(), [&](const Step& step) {
    return step.origin != origin && step.result != Step::Result::no_match &&
           has(step.because, origin);
  });
  return found == trace.end() ? nullptr : &*found;
}

const Step* row_of(const std::vector<Step>& trace, OriginId origin) {
  const auto found = std::find_if(trace.begin(), trace.end(), [&](const Step& step) {
    return step.origin == origin && !step.row.file.empty();
  });
  return found == trace.end() ? nullptr : &*found;
}

}  // namespace

std::string clients_in_words(const mail::IpSet& clients) {
  const std::pair<mail::IpSet, std::string_view> families[] = {
      {mail::IpSet::all_v4(), "all of IPv4"},
      {mail::IpSet::all_v6(), "all of IPv6"},
      {mail::IpSet::all(), "every client"}};
  for (const auto& [whole, name] : families) {
    if (clients == whole) return std::string(name);
  }
  const auto networks = clients.prefixes();
  if (networks.size() < 2) return clients.to_string();
  for (const auto& [whole, name] : families) {
    const auto rest = whole - clients;
    const auto most = std::min(most_networks, networks.size() - 1);
    if (clients.is_subset_of(whole) && rest.prefixes().size() <= most) {
      return std::string(name) + " but " + rest.to_string();
    }
  }
  if (networks.size() <= most_networks) return clients.to_string();
  return std::to_string(networks.size()) + " networks";
}

std::vector<std::string> needs(const policy::Exposure& exposure) {
  const auto& witness = exposure.witness;
  std::vector<std::string> needs;
  if (exposure.any_helo) {
    needs.emplace_back("any HELO");
  } else {
    needs.push_back(witness.helo ? "HELO " + *witness.helo : "no HELO");
  }
  needs.push_back(exposure.any_sender ? "any sender" : "sender " + witness.mail_from);
  if (exposure.needs_name && witness.reverse_name) {
    needs.push_back("client name " + *witness.reverse_name);
  }
  if (witness.tls) needs.emplace_back("TLS");
  if (witness.user) needs.emplace_back("any user name and password");
  if (witness.speaks_for) needs.push_back("claims to be " + witness.speaks_for->to_string());
  return needs;
}

std::vector<Cause> causes(const policy::Policy& policy, const policy::Door& door,
                          const policy::Exposure& exposure, policy::Solutions& solutions) {
  const auto trace = policy::decide(policy, door.listener, exposure.witness).trace;
  auto blamed = blame(policy, door, exposure, solutions);
  std::vector<Cause> causes;
  std::vector<OriginId> told;
  const auto tell = [&](OriginId origin, std::string says) {
    if (origin == 0 || has(told, origin)) return;
    told.push_back(origin);
    causes.push_back(cause_of(policy, origin, std::move(says)));
  };
  if (blamed.empty()) {  // no single line: whatever let this attempt through
    for (const auto& step : trace) {
      if (step.result == Step::Result::permit) tell(step.origin, "lets it through");
    }
  }
  for (const auto origin : blamed) {
    if (const Step* row = row_of(trace, origin)) {
      causes.push_back({row->row, row->detail, policy.origins.at(origin).setting, "the row found"});
    }
    tell(origin, meaning(policy, origin));
    if (const Step* rule = rule_with(trace, origin)) tell(rule->origin, "lets them relay");
  }
  return causes;
}

}  // namespace relayproof::questions
