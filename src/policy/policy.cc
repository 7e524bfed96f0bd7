#include "policy/policy.h"

namespace relayproof::policy {
namespace {

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
  return policy.answers_for.contains_or_above(domain);
}

}  // namespace relayproof::policy
