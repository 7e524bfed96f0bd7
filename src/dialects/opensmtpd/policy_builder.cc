#include "dialects/opensmtpd/policy_builder.h"

#include <algorithm>
#include <utility>

#include "patterns/pattern.h"

namespace relayproof::opensmtpd {
namespace {

using policy::ConditionId;

std::string text_of(const policy::Subject& subject) {
  return std::to_string(static_cast<int>(subject.field)) + '.' +
         std::to_string(static_cast<int>(subject.part));
}

std::string text_of(const std::vector<ConditionId>& ids) {
  std::string text;
  for (const auto id : ids) text += std::to_string(id) + ',';
  return text;
}

template <class Piece>
std::uint32_t next_index(const std::vector<Piece>& pieces) {
  return static_cast<std::uint32_t>(pieces.size());
}

}  // namespace

ConditionId PolicyBuilder::add(Is is, policy::OriginId origin) {
  policy_.conditions.push_back({std::move(is), origin});
  return next_index(policy_.conditions) - 1;
}

ConditionId PolicyBuilder::known(const std::string& key, Is is) {
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  const auto id = add(std::move(is));
  known_.emplace(key, id);
  return id;
}

ConditionId PolicyBuilder::constant(bool value) {
  return known(value ? "true" : "false", policy::Constant{value});
}

std::optional<bool> PolicyBuilder::constant_value(ConditionId id) const {
  const auto* constant = std::get_if<policy::Constant>(&policy_.conditions.at(id).is);
  return constant ? std::optional(constant->value) : std::nullopt;
}

ConditionId PolicyBuilder::negation(ConditionId of) {
  if (const auto value = constant_value(of)) return constant(!*value);
  if (const auto* negated = std::get_if<policy::Not>(&policy_.conditions.at(of).is)) {
    return negated->of;
  }
  return known("not " + std::to_string(of), policy::Not{of});
}

ConditionId PolicyBuilder::all(std::vector<ConditionId> of) {
  std::vector<ConditionId> kept;
  for (const auto id : of) {
    const auto value = constant_value(id);
    if (value == std::optional(false)) return constant(false);
    if (!value && std::find(kept.begin(), kept.end(), id) == kept.end()) kept.push_back(id);
  }
  if (kept.empty()) return constant(true);
  if (kept.size() == 1) return kept[0];
  const auto key = "all " + text_of(kept);
  return known(key, policy::All{std::move(kept)});
}

ConditionId PolicyBuilder::any(std::vector<ConditionId> of) {
  std::vector<ConditionId> kept;
  for (const auto id : of) {
    const auto value = constant_value(id);
    if (value == std::optional(true)) return constant(true);
    if (!value && std::find(kept.begin(), kept.end(), id) == kept.end()) kept.push_back(id);
  }
  if (kept.empty()) return constant(false);
  if (kept.size() == 1) return kept[0];
  const auto key = "any " + text_of(kept);
  return known(key, policy::Any{std::move(kept)});
}

ConditionId PolicyBuilder::finds(std::uint32_t lookup, policy::Subject subject) {
  const auto key = "finds " + std::to_string(lookup) + ' ' + text_of(subject);
  return known(key, policy::Finds{lookup, std::move(subject), {}});
}

ConditionId PolicyBuilder::client_in(mail::IpSet addresses, policy::OriginId origin) {
  if (addresses.empty()) return constant(false);
  return add(policy::ClientIn{std::move(addresses)}, origin);
}

ConditionId PolicyBuilder::is_set(policy::Flag flag) {
  return known("set " + std::to_string(static_cast<int>(flag)), policy::IsSet{flag});
}

ConditionId PolicyBuilder::present(policy::Field field) {
  return known("present " + std::to_string(static_cast<int>(field)), policy::Present{field});
}

ConditionId PolicyBuilder::unknown(policy::Question question, std::vector<policy::Subject> about) {
  auto [found, is_new] =
      known_.try_emplace("question " + question.name, next_index(policy_.questions));
  if (is_new) policy_.questions.push_back(std::move(question));
  auto key = "unknown " + std::to_string(found->second);
  for (const auto& subject : about) key += ' ' + text_of(subject);
  return known(key, policy::Unknown{found->second, std::move(about)});
}

ConditionId PolicyBuilder::matches(const std::string& text, const policy::Subject& subject) {
  const auto [found, is_new] = known_.try_emplace("pattern " + text, next_index(policy_.tables));
  if (is_new) {
    policy::Table made;
    made.name = text;
    patterns::Options options;
    options.ignore_case = true;
    const auto pattern =
        patterns::Pattern::compile(text, patterns::Flavour::posix_extended, options);
    if (pattern) {
      made.patterns.push_back({*pattern, false, {}, {}, {result(policy::Nothing{}), 0, {}}});
    }
    table(std::move(made));
  }
  return finds(lookup({{found->second}, {policy::Key::whole}, ""}), subject);
}

std::uint32_t PolicyBuilder::result(const policy::Effect& effect) {
  policy_.results.push_back(effect);
  return next_index(policy_.results) - 1;
}

std::uint32_t PolicyBuilder::table(policy::Table table) {
  policy_.tables.push_back(std::move(table));
  return next_index(policy_.tables) - 1;
}

std::uint32_t PolicyBuilder::lookup(policy::Lookup lookup) {
  const auto found = std::find(policy_.lookups.begin(), policy_.lookups.end(), lookup);
  if (found != policy_.lookups.end()) {
    return static_cast<std::uint32_t>(found - policy_.lookups.begin());
  }
  policy_.lookups.push_back(std::move(lookup));
  return next_index(policy_.lookups) - 1;
}

std::uint32_t PolicyBuilder::transform(const std::string& text) {
  policy::Transform made;
  made.rewritten = policy::Transform::Template();
  made.rewritten->pieces.push_back({text, std::nullopt});
  policy_.transforms.push_back(std::move(made));
  return next_index(policy_.transforms) - 1;
}

policy::OriginId PolicyBuilder::origin(const Place& place, std::string_view setting) {
  const auto key = "origin " + to_string(place.where) + ' ' + std::string(setting);
  const auto [found, is_new] = known_.try_emplace(key, next_index(policy_.origins));
  if (is_new) {
    const auto slash = place.where.file.rfind('/');
    const auto file =
        slash == std::string::npos ? place.where.file : place.where.file.substr(slash + 1);
    policy_.origins.push_back({place.where, place.text, std::string(setting), file});
  }
  return found->second;
}

policy::ListId PolicyBuilder::list(std::string name) {
  policy_.lists.push_back({std::move(name), {}});
  return next_index(policy_.lists) - 1;
}

void PolicyBuilder::rule(policy::ListId list, ConditionId when, policy::Effect effect,
                         policy::OriginId origin, std::string says) {
  if (constant_value(when) == std::optional(false)) return;
  policy::Rule made;
  made.when = when;
  made.effect = std::move(effect);
  made.origin = origin;
  made.says = std::move(says);
  policy_.lists.at(list).rules.push_back(std::move(made));
}

}  // namespace relayproof::opensmtpd
