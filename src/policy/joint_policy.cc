#include "policy/joint_policy.h"

#include "base/text.h"

namespace relayproof::policy {
namespace {

// Transforms that are programs are told apart by the side they come from.
std::string of_side(Side side, const std::string& name) {
  return static_cast<char>('0' + side) + name;
}

}  // namespace

JointPolicy::JointPolicy(const Policy& before, const Policy& behind) {
  policy_.addresses = before.addresses;
  policy_.addresses.transform = [one = before.addresses.transform,
                                 other = behind.addresses.transform](std::string_view name,
                                                                     std::string_view address) {
    return name.front() == '0' ? one(name.substr(1), address) : other(name.substr(1), address);
  };
  append(before, 0);
  append(behind, 1);
  claimed_ = static_cast<std::uint32_t>(policy_.results.size());
  policy_.results.emplace_back(Nothing{});
  append_claims(before, 0);
  append_claims(behind, 1);
}

void JointPolicy::append(const Policy& part, Side side) {
  const auto count = [](const auto& all) { return static_cast<std::uint32_t>(all.size()); };
  auto& offsets = offsets_[side];
  offsets = {count(policy_.tables), count(policy_.lookups), count(policy_.results),
             count(policy_.patterns), count(policy_.transforms)};
  policy_.results.insert(policy_.results.end(), part.results.begin(), part.results.end());
  policy_.patterns.insert(policy_.patterns.end(), part.patterns.begin(), part.patterns.end());
  for (const auto& table : part.tables) {
    auto& added = policy_.tables.emplace_back(table);
    for (auto& [key, row] : added.literals) row.result += offsets.results;
    for (auto& pattern : added.patterns) pattern.row.result += offsets.results;
    if (added.everything) added.everything->result += offsets.results;
  }
  for (const auto& lookup : part.lookups) {
    auto& added = policy_.lookups.emplace_back(lookup);
    for (auto& table : added.tables) table += offsets.tables;
  }
  append_transforms(part, side);
  // Nobody else can have names below them; which of the two sides says so does not matter.
  auto& owned = policy_.owned_names;
  owned.insert(owned.end(), part.owned_names.begin(), part.owned_names.end());
  owned.insert(owned.end(), part.answers_for.begin(), part.answers_for.end());
}

void JointPolicy::append_transforms(const Policy& part, Side side) {
  for (const auto& transform : part.transforms) {
    auto& added = policy_.transforms.emplace_back(transform);
    if (added.named) added.named->name = of_side(side, added.named->name);
    if (!added.rewritten) continue;
    if (added.rewritten->pattern) *added.rewritten->pattern += offsets_[side].patterns;
    if (added.rewritten->completed_by.empty()) continue;
    added.rewritten->completed_by = of_side(side, added.rewritten->completed_by);
  }
}

void JointPolicy::append_claims(const Policy& part, Side side) {
  Table table;
  for (const auto& domain : part.answers_for) {
    auto key = std::make_shared<const std::string>(to_lower(domain));
    table.literals[*key] = {claimed_, 0, {}};
    table.storage.push_back(std::move(key));
  }
  policy_.tables.push_back(std::move(table));
  claims_[side] = static_cast<std::uint32_t>(policy_.lookups.size());
  policy_.lookups.push_back(
      {{static_cast<std::uint32_t>(policy_.tables.size() - 1)}, {Key::domain, Key::parents}, ""});
}

std::vector<Wanted> JointPolicy::translated(const Wanted& wanted, Side side) const {
  Wanted here = wanted;
  for (auto& index : here.subject.via) index += offsets_[side].transforms;
  if (here.kind == Wanted::Kind::finds) {
    here.lookup += offsets_[side].lookups;
    here.result += offsets_[side].results;
  }
  if (here.kind != Wanted::Kind::outside) return {here};
  Wanted claimed = here;
  claimed.kind = Wanted::Kind::finds;
  claimed.lookup = claims_[side];
  claimed.result = claimed_;
  claimed.holds = !wanted.holds;
  if (!wanted.holds) return {claimed};
  return {here, claimed};
}

}  // namespace relayproof::policy
