#include "dialects/policy_builder.h"

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace relayproof::dialects {
namespace {

using policy::ConditionId;

std::string text_of(const policy::Subject& subject) {
  std::string text = std::to_string(static_cast<int>(subject.field)) + '.' +
                     std::to_string(static_cast<int>(subject.part));
  for (const auto transform : subject.via) text += '>' + std::to_string(transform);
  return text;
}

template <class Number>
std::string joined(const std::vector<Number>& numbers) {
  std::string text;
  for (const auto number : numbers) text += std::to_string(number) + ',';
  return text;
}

// What makes a piece the same as another one; empty: it is never shared.
struct KeyOf {
  std::string operator()(const policy::Constant& is) const { return is.value ? "true" : "false"; }
  std::string operator()(const policy::ClientIn&) const { return {}; }
  std::string operator()(const policy::IsSet& is) const {
    return "set " + std::to_string(static_cast<int>(is.flag));
  }
  std::string operator()(const policy::Present& is) const {
    return "present " + std::to_string(static_cast<int>(is.field));
  }
  std::string operator()(const policy::Finds& is) const {
    return "finds " + std::to_string(is.lookup) + ' ' + text_of(is.subject) + ' ' +
           joined(is.results);
  }
  std::string operator()(const policy::Same& is) const {
    return "same " + text_of(is.one) + ' ' + text_of(is.other);
  }
  std::string operator()(const policy::HasMark& is) const {
    return "mark " + std::to_string(is.mark);
  }
  std::string operator()(const policy::Unknown& is) const {
    std::string key = "unknown " + std::to_string(is.question);
    for (const auto& subject : is.about) key += ' ' + text_of(subject);
    return key;
  }
  std::string operator()(const policy::Not& is) const { return "not " + std::to_string(is.of); }
  std::string operator()(const policy::All& is) const { return "all " + joined(is.of); }
  std::string operator()(const policy::Any& is) const { return "any " + joined(is.of); }

  std::string operator()(const policy::Nothing&) const { return "nothing"; }
  std::string operator()(const policy::Permit&) const { return "permit"; }
  std::string operator()(const policy::Refuse& effect) const {
    return "refuse " + std::to_string(effect.answer.code) + ' ' + effect.answer.enhanced;
  }
  std::string operator()(const policy::SetMark& effect) const {
    return "set " + std::to_string(effect.mark);
  }
  std::string operator()(const policy::Run& effect) const {
    return "run " + std::to_string(effect.list) + (effect.permit_counts ? " p" : " -") +
           (effect.refusal_counts ? "r" : "-");
  }
  std::string operator()(const policy::Rewrite& effect) const {
    return "rewrite " + joined(effect.transforms) + ' ' + std::to_string(effect.then);
  }
  std::string operator()(const policy::RewriteAsRow& effect) const {
    return "as row " + std::to_string(effect.then) + (effect.extends ? " extended" : "");
  }
  std::string operator()(const policy::End& effect) const {
    return "end " + std::to_string(static_cast<int>(effect.fate));
  }
};

std::string key_of(const policy::Transform& transform) {
  if (transform.named) return "named " + transform.named->name;
  std::string key = "template";
  if (!transform.rewritten) return key;
  for (const auto& piece : transform.rewritten->pieces) {
    key += '\0' + piece.text;
    if (piece.hole) {
      key += '\1' + std::to_string(static_cast<int>(piece.hole->of)) + '.' +
             std::to_string(piece.hole->group);
    }
  }
  if (transform.rewritten->pattern) key += '\2' + std::to_string(*transform.rewritten->pattern);
  const auto& captured_in = transform.rewritten->captured_in;
  if (captured_in) key += '\4' + std::to_string(static_cast<int>(*captured_in));
  return key + '\3' + transform.rewritten->completed_by;
}

std::string key_of(const patterns::Pattern& pattern) {
  const auto& options = pattern.options();
  const bool flags[] = {options.ignore_case, options.multiline, options.dot_all,
                        options.extended,    options.anchored,  options.dollar_endonly,
                        options.ungreedy};
  std::string key(to_string(pattern.flavour()));
  for (const bool flag : flags) key += flag ? '1' : '0';
  return key + pattern.text();
}

std::string key_of(const policy::Lookup& lookup) {
  std::string key = joined(lookup.tables) + '/';
  for (const auto one : lookup.keys) key += std::to_string(static_cast<int>(one)) + ',';
  return key + '/' + lookup.extension_delimiters;
}

}  // namespace

std::uint32_t PolicyBuilder::interned(std::string_view kind, const std::string& key,
                                      std::uint32_t next) {
  return known_.try_emplace(std::string(kind) + ':' + key, next).first->second;
}

ConditionId PolicyBuilder::condition(Is is, policy::OriginId origin) {
  const auto next = next_index(policy_.conditions);
  auto key = std::visit(KeyOf{}, is);
  if (!key.empty()) {
    const auto index = interned("condition", key + '@' + std::to_string(origin), next);
    if (index != next) return index;
  }
  policy_.conditions.push_back({std::move(is), origin});
  return next;
}

ConditionId PolicyBuilder::constant(bool value) { return condition(policy::Constant{value}); }

std::optional<bool> PolicyBuilder::constant_value(ConditionId id) const {
  const auto* constant = std::get_if<policy::Constant>(&policy_.conditions.at(id).is);
  return constant ? std::optional(constant->value) : std::nullopt;
}

ConditionId PolicyBuilder::negation(ConditionId of) {
  if (const auto value = constant_value(of)) return constant(!*value);
  if (const auto* negated = std::get_if<policy::Not>(&policy_.conditions.at(of).is)) {
    if (policy_.conditions.at(of).origin == 0) return negated->of;
  }
  return condition(policy::Not{of});
}

ConditionId PolicyBuilder::all(std::vector<ConditionId> of) {
  std::vector<ConditionId> kept;
  for (const auto id : of) {
    const auto value = constant_value(id);
    if (value == std::optional(false)) return constant(false);
    if (!value && std::find(kept.begin(), kept.end(), id) == kept.end()) kept.push_back(id);
  }
  if (kept.empty()) return constant(true);
  return kept.size() == 1 ? kept[0] : condition(policy::All{std::move(kept)});
}

ConditionId PolicyBuilder::any(std::vector<ConditionId> of) {
  std::vector<ConditionId> kept;
  for (const auto id : of) {
    const auto value = constant_value(id);
    if (value == std::optional(true)) return constant(true);
    if (!value && std::find(kept.begin(), kept.end(), id) == kept.end()) kept.push_back(id);
  }
  if (kept.empty()) return constant(false);
  return kept.size() == 1 ? kept[0] : condition(policy::Any{std::move(kept)});
}

ConditionId PolicyBuilder::finds(std::uint32_t lookup, policy::Subject subject,
                                 std::vector<std::uint32_t> results, policy::OriginId origin) {
  std::sort(results.begin(), results.end());
  return condition(policy::Finds{lookup, std::move(subject), std::move(results)}, origin);
}

ConditionId PolicyBuilder::client_in(mail::IpSet addresses, policy::OriginId origin) {
  if (addresses.empty()) return constant(false);
  return condition(policy::ClientIn{std::move(addresses)}, origin);
}

ConditionId PolicyBuilder::is_set(policy::Flag flag) { return condition(policy::IsSet{flag}); }

ConditionId PolicyBuilder::has_mark(std::uint32_t mark) { return condition(policy::HasMark{mark}); }

ConditionId PolicyBuilder::unknown(std::uint32_t question, std::vector<policy::Subject> about) {
  return condition(policy::Unknown{question, std::move(about)});
}

ConditionId PolicyBuilder::matches(const patterns::Pattern& text, const policy::Subject& subject,
                                   policy::OriginId origin) {
  const auto key = key_of(text);
  const auto table_index = interned("pattern table", key, next_index(policy_.tables));
  if (table_index == next_index(policy_.tables)) {
    policy::Table made;
    made.name = text.text();
    made.patterns.push_back({text, false, {}, {}, {result(policy::Nothing{}), 0, {}}});
    table(std::move(made));
  }
  return finds(lookup({{table_index}, {policy::Key::whole}, ""}), subject, {}, origin);
}

ConditionId PolicyBuilder::is_one_of(const std::vector<std::string>& texts,
                                     const policy::Subject& subject, policy::OriginId origin) {
  if (texts.empty()) return constant(false);
  std::string key;
  for (const auto& text : texts) key += to_lower(text) + '\0';
  const auto table_index = interned("text table", key, next_index(policy_.tables));
  if (table_index == next_index(policy_.tables)) {
    policy::Table made;
    made.name = texts.size() == 1 ? texts[0] : texts[0] + " ...";
    const policy::Row row{result(policy::Nothing{}), 0, {}};
    for (const auto& text : texts) {
      const auto stored = std::make_shared<const std::string>(to_lower(text));
      made.literals.try_emplace(*stored, row);
      made.storage.push_back(stored);
    }
    table(std::move(made));
  }
  return finds(lookup({{table_index}, {policy::Key::whole}, ""}), subject, {}, origin);
}

std::uint32_t PolicyBuilder::mark(std::string_view name, policy::Mark::Life life) {
  const auto next = next_index(policy_.marks);
  const auto index = interned("mark", std::string(name), next);
  if (index == next) policy_.marks.push_back({std::string(name), life});
  return index;
}

std::optional<std::uint32_t> PolicyBuilder::find_mark(std::string_view name) const {
  const auto found = known_.find("mark:" + std::string(name));
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t PolicyBuilder::question(policy::Question question) {
  const auto next = next_index(policy_.questions);
  const auto index = interned("question", question.name, next);
  if (index == next) policy_.questions.push_back(std::move(question));
  return index;
}

std::uint32_t PolicyBuilder::result(const policy::Effect& effect) {
  const auto next = next_index(policy_.results);
  const auto index = interned("result", std::visit(KeyOf{}, effect), next);
  if (index == next) policy_.results.push_back(effect);
  return index;
}

std::uint32_t PolicyBuilder::named_result(std::string_view name) {
  const auto next = next_index(policy_.results);
  const auto index = interned("named result", std::string(name), next);
  if (index == next) policy_.results.emplace_back(policy::Nothing{});
  return index;
}

std::uint32_t PolicyBuilder::transform(const policy::Transform& transform) {
  const auto next = next_index(policy_.transforms);
  const auto index = interned("transform", key_of(transform), next);
  if (index == next) policy_.transforms.push_back(transform);
  return index;
}

std::uint32_t PolicyBuilder::pattern(const patterns::Pattern& pattern) {
  const auto next = next_index(policy_.patterns);
  const auto index = interned("pattern", key_of(pattern), next);
  if (index == next) policy_.patterns.push_back(pattern);
  return index;
}

std::uint32_t PolicyBuilder::table(policy::Table table) {
  policy_.tables.push_back(std::move(table));
  return next_index(policy_.tables) - 1;
}

std::uint32_t PolicyBuilder::lookup(const policy::Lookup& lookup) {
  const auto next = next_index(policy_.lookups);
  const auto index = interned("lookup", key_of(lookup), next);
  if (index == next) policy_.lookups.push_back(lookup);
  return index;
}

policy::OriginId PolicyBuilder::origin(const policy::Origin& origin) {
  const auto next = next_index(policy_.origins);
  const auto key = to_string(origin.range) + '\0' + origin.text + '\0' + origin.setting + '\0' +
                   origin.provenance;
  const auto index = interned("origin", key, next);
  if (index == next) policy_.origins.push_back(origin);
  return index;
}

policy::ListId PolicyBuilder::list(policy::List list) {
  policy_.lists.push_back(std::move(list));
  return next_index(policy_.lists) - 1;
}

}  // namespace relayproof::dialects
