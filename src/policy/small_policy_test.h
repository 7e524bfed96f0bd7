// Policies for tests, written by hand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policy/decide.h"
#include "policy/policy.h"
#include "policy/reach.h"

namespace relayproof::policy {

/// Answers for example.com; addresses are read as they stand between the brackets.
struct SmallPolicy {
  Policy policy;

  SmallPolicy() {
    auto& addresses = policy.addresses;
    addresses.read_sender =
        addresses.read_recipient = [](std::string_view wire) -> std::optional<std::string> {
      if (!wire.starts_with('<') || !wire.ends_with('>')) return std::nullopt;
      return std::string(wire.substr(1, wire.size() - 2));
    };
    addresses.spell = [](std::string_view address) { return '<' + std::string(address) + '>'; };
    addresses.targets = [](std::string_view value, std::string_view) {
      return std::vector<std::string>{std::string(value)};
    };
    addresses.transform = [](std::string_view, std::string_view address) {
      return std::string(address);
    };
    policy.answers_for = {"example.com"};
    policy.listeners.emplace_back();
    policy.listeners[0].name = "smtp";
    policy.doors.emplace_back();
    listener().route = list("route", {});
  }

  Listener& listener() { return policy.listeners[0]; }
  Door& door() { return policy.doors[0]; }
  ConditionId condition(decltype(Condition::is) is, OriginId origin = 0) {
    policy.conditions.push_back({std::move(is), origin});
    return static_cast<ConditionId>(policy.conditions.size() - 1);
  }
  ConditionId always() { return condition(Constant{true}); }
  ConditionId inverse(ConditionId of) { return condition(Not{of}); }
  ConditionId client_in(std::string_view network) {
    return condition(ClientIn{mail::IpSet::of(*mail::Network::parse(network))});
  }
  ConditionId flag(Flag flag) { return condition(IsSet{flag}); }
  ListId list(std::string name, std::vector<Rule> rules) {
    policy.lists.push_back({std::move(name), std::move(rules)});
    return static_cast<ListId>(policy.lists.size() - 1);
  }
  void stage(Moment moment, std::vector<Rule> rules) {
    const std::string name(to_string(moment));
    listener().stages.push_back({moment, name, list(name, std::move(rules))});
  }
  /// A rule without a name.
  static Rule rule(ConditionId when, Effect effect) {
    return {when, std::move(effect), std::nullopt, 0, ""};
  }
  Rule by_row(std::uint32_t lookup, Field field, Part part) {
    return {always(), Nothing{}, Rule::ByRow{lookup, {field, part, {}}}, 0, "by row"};
  }
  std::uint32_t result(Effect effect) {
    policy.results.push_back(std::move(effect));
    return static_cast<std::uint32_t>(policy.results.size() - 1);
  }
  /// Literal keys, asked as a whole, each with its result.
  std::uint32_t table(const std::vector<std::pair<std::string, std::uint32_t>>& rows,
                      std::vector<Key> keys = {Key::whole}) {
    Table made;
    for (const auto& [key, result] : rows) {
      auto text = std::make_shared<const std::string>(key);
      made.literals[*text] = {result, 1, *text};
      made.storage.push_back(std::move(text));
    }
    return lookup(std::move(made), std::move(keys));
  }
  std::uint32_t pattern_table(std::string_view pattern, std::uint32_t result) {
    Table made;
    patterns::Options options;
    options.ignore_case = true;
    auto compiled = patterns::Pattern::compile(pattern, patterns::Flavour::pcre, options);
    policy.patterns.push_back(*compiled);
    made.patterns.push_back({std::move(*compiled), false, {}, {}, {result, 1, {}}});
    return lookup(std::move(made), {Key::whole});
  }
  std::uint32_t lookup(Table table, std::vector<Key> keys) {
    policy.tables.push_back(std::move(table));
    policy.lookups.push_back(
        {{static_cast<std::uint32_t>(policy.tables.size() - 1)}, std::move(keys), ""});
    return static_cast<std::uint32_t>(policy.lookups.size() - 1);
  }
  ConditionId finds(std::uint32_t lookup, Field field, Part part) {
    return condition(Finds{lookup, {field, part, {}}, {}});
  }
  ConditionId to_own_domain() {
    const auto own = table({{"example.com", result(Nothing{})}}, {Key::domain, Key::parents});
    return finds(own, Field::recipient, Part::whole);
  }
  /// `reject_unauth_destination`.
  Rule gate() { return rule(inverse(to_own_domain()), Refuse{}); }
  std::uint32_t question(std::string name, Question::Power power = Question::Power::any) {
    policy.questions.push_back({std::move(name), 0, power, "", ""});
    return static_cast<std::uint32_t>(policy.questions.size() - 1);
  }
  std::uint32_t mark(Mark::Life life) {
    policy.marks.push_back({"mark", life});
    return static_cast<std::uint32_t>(policy.marks.size() - 1);
  }
  /// `[local]` and so on of the pieces are holes; `$1` the captures of the newest pattern.
  std::uint32_t transform(const std::vector<std::string>& pieces) {
    using Hole = Transform::Template::Hole;
    static const std::map<std::string, Hole, std::less<>> holes = {
        {"[local]", {Hole::Of::local, 0}},
        {"[domain]", {Hole::Of::domain, 0}},
        {"[whole]", {Hole::Of::whole, 0}},
        {"$1", {Hole::Of::capture, 1}},
        {"$2", {Hole::Of::capture, 2}}};
    Transform::Template form;
    for (const auto& text : pieces) {
      const auto hole = holes.find(text);
      if (hole == holes.end()) {
        form.pieces.push_back({text, std::nullopt});
      } else {
        form.pieces.push_back({"", hole->second});
      }
      if (text.starts_with('$')) form.pattern = policy.patterns.size() - 1;
    }
    Transform made;
    made.rewritten = std::move(form);
    policy.transforms.push_back(std::move(made));
    return static_cast<std::uint32_t>(policy.transforms.size() - 1);
  }

  Reach reach(const ReachOptions& options = {}) const {
    return policy::reach(policy, policy.doors[0], options);
  }
};

inline mail::IpSet network(std::string_view text) {
  return mail::IpSet::of(*mail::Network::parse(text));
}
inline mail::IpAddress address(std::string_view text) { return *mail::IpAddress::parse(text); }

}  // namespace relayproof::policy
