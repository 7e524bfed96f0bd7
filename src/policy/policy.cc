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

const std::string& class_of(const Policy& policy, std::uint32_t transform) {
  static const std::string none;
  const auto& named = policy.transforms.at(transform).named;
  return named ? named->alike : none;
}

}  // namespace

Subject simplified(const Policy& policy, Subject subject) {
  std::vector<std::uint32_t> via;
  for (const auto transform : subject.via) {
    const auto& alike = class_of(policy, transform);
    if (!alike.empty() && !via.empty() && class_of(policy, via.back()) == alike) {
      via.back() = transform;
    } else {
      via.push_back(transform);
    }
  }
  subject.via = std::move(via);
  return subject;
}

Subject simplified_in_any_case(const Policy& policy, Subject subject) {
  subject = simplified(policy, std::move(subject));
  for (auto& transform : subject.via) {
    const auto& alike = class_of(policy, transform);
    if (alike.empty()) continue;
    for (std::uint32_t first = 0; first < transform; ++first) {
      if (class_of(policy, first) == alike) transform = first;
    }
  }
  return subject;
}

bool answers_for(const Policy& policy, std::string_view domain) {
  for (const auto& claim : policy.answers_for) {
    if (at_or_below(domain, claim)) return true;
  }
  return false;
}

}  // namespace relayproof::policy
