#include "policy/policy.h"

#include "base/text.h"

namespace relayproof::policy {
namespace {

bool at_or_below(std::string_view domain, std::string_view claim) {
  if (equals_ignoring_case(domain, claim)) return true;
  if (claim.starts_with('[') || domain.size() <= claim.size() + 1) return false;
  const auto parent = domain.substr(domain.size() - claim.size());
  return domain[domain.size() - claim.size() - 1] == '.' && equals_ignoring_case(parent, claim);
}

}  // namespace

bool answers_for(const Policy& policy, std::string_view domain) {
  for (const auto& claim : policy.answers_for) {
    if (at_or_below(domain, claim)) return true;
  }
  return false;
}

}  // namespace relayproof::policy
