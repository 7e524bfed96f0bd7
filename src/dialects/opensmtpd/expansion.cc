#include "dialects/opensmtpd/expansion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dialects/opensmtpd/address_reading.h"
#include "policy/part.h"

namespace relayproof::opensmtpd {
namespace {

using policy::ListId;
using policy::Part;
using Is = Outcome::Is;

constexpr int deepest = 10;  // EXPAND_DEPTH

Outcome refused(int code, std::string enhanced = {}) {
  return {Is::refused, {code, std::move(enhanced)}, 0};
}
Outcome list_problem(int first) {
  return refused(first * 100 + 24, std::to_string(first) + ".2.4");
}

}  // namespace

Expansion::Expansion(Scope& scope, const Listen& listen) : scope_(scope), listen_(listen) {}

const AliasRows& Expansion::rows_of(TableId table) {
  auto& rows = rows_[table];
  if (!rows) rows = std::make_unique<AliasRows>(scope_.tables.table(table));
  return *rows;
}

std::optional<bool> Expansion::is_user(std::string_view name, std::size_t index) const {
  if (const auto base = action(index).userbase) {
    return scope_.tables.has(*base, Ask::text, false, name);
  }
  if (!scope_.users) return std::nullopt;
  return scope_.users->contains(to_lower(name));
}

// A user without aliases: he exists, or not. His ~/.forward is not looked at.
Outcome Expansion::without_alias(std::string_view name, std::size_t index) const {
  const auto user = name.substr(0, name.find(scope_.config.delimiter));
  const auto exists = is_user(user, index);
  if (exists == std::optional(false)) return refused(550);
  if (exists && action(index).what == Action::What::expand_only) return list_problem(5);
  if (exists && action(index).what == Action::What::forward_only) return list_problem(4);
  return {};
}

Outcome Expansion::user(const std::string& name, std::size_t index, int depth, bool same,
                        Seen& seen) {
  if (!seen.emplace(name, same).second) return {};
  if (depth >= deepest) return list_problem(5);
  const auto table = action(index).aliases ? action(index).aliases : action(index).virtuals;
  if (same || !table) return without_alias(name, index);
  if (scope_.tables.table(*table).standing != Table::Standing::read) return {};
  const auto& rows = rows_of(*table);
  const auto tag = name.find(scope_.config.delimiter);
  const auto* found = rows.find(name);
  if (found == nullptr && tag != std::string::npos) found = rows.find(name.substr(0, tag));
  if (found == nullptr) return without_alias(name, index);
  return row(*found, index, depth, name, seen);
}

Outcome Expansion::target(const Target& target, std::size_t index, int depth,
                          std::string_view user_name, Seen& seen) {
  const bool only_forwards = action(index).what == Action::What::forward_only;
  switch (target.kind) {
    case Target::Kind::user:
      return user(to_lower(target.text), index, depth + 1,
                  equals_ignoring_case(target.text, user_name), seen);
    case Target::Kind::address:
      return address(target.text, depth + 1);
    case Target::Kind::program:
      return only_forwards ? refused(451) : Outcome{};
    case Target::Kind::error:
      if (only_forwards) return refused(451);
      return refused(100 * (target.text[0] - '0') + 10 * (target.text[1] - '0') +
                     (target.text[2] - '0'));
    case Target::Kind::include:
      return {};
    case Target::Kind::invalid:
      break;
  }
  return list_problem(4);
}

Outcome Expansion::row(const Row& row, std::size_t index, int depth, std::string_view name,
                       Seen& seen) {
  const auto texts = targets_of(row.value);
  std::vector<Target> targets;
  for (const auto& text : texts) targets.push_back(target_of(text));
  const bool broken = std::any_of(targets.begin(), targets.end(), [](const Target& one) {
    return one.kind == Target::Kind::invalid;
  });
  if (broken) return list_problem(4);
  if (targets.empty()) return list_problem(5);
  std::vector<Outcome> outcomes;
  for (const auto& each : targets) outcomes.push_back(target(each, index, depth, name, seen));
  return together(outcomes, row.key);
}

// All of them have to be taken.
Outcome Expansion::together(const std::vector<Outcome>& outcomes, std::string_view name) {
  std::optional<ListId> list;
  for (const auto& outcome : outcomes) {
    if (outcome.is == Is::refused) return outcome;
    if (outcome.is != Is::varies) continue;
    if (!list) list = scope_.builder.list("alias " + std::string(name));
    scope_.builder.rule(*list, scope_.builder.constant(true),
                        policy::Run{outcome.list, false, true}, 0, "alias");
  }
  if (!list) return {};
  scope_.builder.rule(*list, scope_.builder.constant(true), policy::Permit{}, 0, "alias");
  return {Is::varies, {}, *list};
}

const Row* Expansion::virtual_row(const AliasRows& rows, const std::string& address) const {
  const auto local = std::string(policy::part_of(address, Part::local));
  const auto domain = '@' + std::string(policy::part_of(address, Part::domain));
  const auto tag = local.find(scope_.config.delimiter);
  const auto plain = local.substr(0, tag);
  const bool tagged = tag != std::string::npos && tag + 1 < local.size();
  std::vector<std::string> keys;
  if (tagged) keys.push_back(local + domain);
  keys.push_back(plain + domain);
  if (tagged) keys.push_back(local);
  keys.push_back(plain);
  keys.push_back(domain);
  keys.emplace_back("@");
  for (const auto& key : keys) {
    if (const auto* row = rows.find(key)) return row;
  }
  return nullptr;
}

Outcome Expansion::delivered(const std::string& address, std::size_t index, int depth) {
  Seen seen;
  if (const auto table = action(index).virtuals) {
    if (scope_.tables.table(*table).standing != Table::Standing::read) return {};
    const auto* found = virtual_row(rows_of(*table), address);
    return found == nullptr ? list_problem(5) : row(*found, index, depth, {}, seen);
  }
  return user(to_lower(policy::part_of(address, Part::local)), index, depth + 1, false, seen);
}

Outcome Expansion::rule(const MatchRule& rule, const std::string& address, int depth) {
  if (rule.rejects) return refused(550);
  if (action(*rule.action).what == Action::What::relay) return {};
  return delivered(address, *rule.action, depth);
}

Outcome Expansion::address_unknown_yet(const std::string& address, int depth) {
  const View view{&listen_, true, address};
  std::optional<ListId> list;
  const auto add = [&](policy::ConditionId when, const Outcome& outcome) {
    if (!list) list = scope_.builder.list("alias to " + address);
    scope_.builder.rule(*list, when, effect_of(outcome), 0, "alias");
  };
  for (const auto& each : scope_.config.rules) {
    const auto conditions = conditions_of(scope_, each, view);
    for (const bool fails : {true, false}) {
      if (fails && !conditions.fails) continue;
      const auto when = fails ? *conditions.fails : conditions.matches;
      const auto value = scope_.builder.constant_value(when);
      if (value == std::optional(false)) continue;
      const auto outcome = fails ? refused(451) : rule(each, address, depth);
      if (value && !list) return outcome;
      add(when, outcome);
      if (value) return {Is::varies, {}, *list};
    }
  }
  if (!list) return refused(550);
  add(scope_.builder.constant(true), refused(550));
  return {Is::varies, {}, *list};
}

Outcome Expansion::address(const std::string& address, int depth) {
  if (depth >= deepest) return list_problem(5);
  const auto key = std::to_string(depth) + to_lower(address);
  if (const auto found = addresses_.find(key); found != addresses_.end()) return found->second;
  auto outcome = address_unknown_yet(address, depth);
  addresses_.emplace(key, outcome);
  return outcome;
}

policy::Effect Expansion::effect_of(const Outcome& outcome) const {
  if (outcome.is == Is::accepted) return policy::Permit{};
  if (outcome.is == Is::refused) return policy::Refuse{outcome.answer};
  return policy::Run{outcome.list};
}

}  // namespace relayproof::opensmtpd
