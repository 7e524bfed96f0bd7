// The lists that expansion.h tells of: at RCPT, and behind it.
#include <algorithm>
#include <utility>
#include <variant>

#include "base/text.h"
#include "dialects/opensmtpd/expansion.h"

namespace relayproof::opensmtpd {
namespace {

using policy::Fate;
using policy::Field;
using policy::Key;
using policy::ListId;

constexpr std::size_t catch_all = 3;

// In the order in which aliases_virtual_get() asks: address, user, domain, everything.
std::size_t part_of_row(std::string_view key) {
  if (key == "@") return catch_all;
  if (key.starts_with('@')) return 2;
  return key.find('@') == std::string_view::npos ? 1 : 0;
}

// Equal effects of rows have equal names.
std::string name_of(const policy::Effect& effect) {
  if (const auto* refusal = std::get_if<policy::Refuse>(&effect)) {
    return "refuse " + std::to_string(refusal->answer.code) + refusal->answer.enhanced;
  }
  if (const auto* run = std::get_if<policy::Run>(&effect))
    return "run " + std::to_string(run->list);
  return "other";
}

policy::Question forwards(const std::string& told, policy::OriginId origin) {
  policy::Question question;
  question.name = told;
  question.origin = origin;
  question.power = policy::Question::Power::premise;
  question.says = "leads where you wrote";
  return question;
}

policy::Question missing_user(policy::OriginId origin) {
  policy::Question question;
  question.name = "the recipient has no mailbox";
  question.origin = origin;
  question.power = policy::Question::Power::screen;
  question.says = "who has one is not in the configuration";
  return question;
}

}  // namespace

// What a row does: the answer that it leads to; or, with `then`, its targets.
policy::Effect Expansion::effect_of(const Row& row, bool of_addresses, std::size_t index,
                                    std::optional<ListId> then) {
  if (then) return policy::RewriteAsRow{*then};
  Seen seen;
  if (!of_addresses) seen.emplace(to_lower(row.key), false);
  return effect_of(this->row(row, index, 1, of_addresses ? "" : row.key, seen));
}

// The rows of an alias table, as they are asked for one after the other.
std::vector<Expansion::AliasPart> Expansion::parts_of(const Table& from, bool of_addresses,
                                                      std::size_t index,
                                                      std::optional<ListId> then) {
  // Addresses, users and whole domains apart: asked for together, a local part that looks like an
  // address would find one.
  std::vector<AliasPart> parts(4);
  parts[0].keys = {Key::whole, Key::without_extension};
  parts[1].keys = {Key::local, Key::local_without_extension};
  parts[2].keys = {Key::at_domain};
  parts[catch_all].keys = {Key::whole};
  std::map<std::string, std::uint32_t> results;
  for (const auto& row : from.rows) {
    const auto effect = effect_of(row, of_addresses, index, then);
    const auto [known, is_new] = results.try_emplace(name_of(effect), 0);
    if (is_new) known->second = scope_.builder.result(effect);
    const policy::Row made{known->second, row.line, row.value};
    const auto part = of_addresses ? part_of_row(row.key) : std::size_t{1};
    auto& table = parts[part].table;
    auto text = std::make_shared<const std::string>(to_lower(row.key));
    if (part == catch_all) table.everything = made;
    if (part != catch_all) table.literals.insert_or_assign(*text, made);
    table.storage.push_back(std::move(text));
  }
  return parts;
}

void Expansion::add_rows(ListId list, TableId id, bool of_addresses, std::size_t index,
                         std::optional<ListId> then) {
  auto& builder = scope_.builder;
  const auto& from = scope_.tables.table(id);
  const auto origin = origin_of(index);
  if (from.standing != Table::Standing::read) {
    const auto found =
        builder.unknown(forwards(scope_.tables.told(id), origin), {subject_of(Field::recipient)});
    const policy::Effect taken =
        then ? policy::Effect(policy::End{Fate::local}) : policy::Effect(policy::Permit{});
    return builder.rule(list, found, taken, origin, "aliases");
  }
  for (auto& [keys, table] : parts_of(from, of_addresses, index, then)) {
    if (table.literals.empty() && !table.everything) continue;
    table.name = scope_.tables.told(id);
    table.file = from.file;
    table.storage.insert(table.storage.end(), from.storage.begin(), from.storage.end());
    policy::Lookup lookup;
    lookup.tables = {builder.table(std::move(table))};
    lookup.keys = std::move(keys);
    lookup.extension_delimiters = std::string(1, scope_.config.delimiter);
    policy::Rule rule;
    rule.when = builder.constant(true);
    rule.by_row =
        policy::Rule::ByRow{builder.lookup(std::move(lookup)), subject_of(Field::recipient)};
    rule.origin = origin;
    rule.says = scope_.tables.told(id);
    builder.policy().lists.at(list).rules.push_back(std::move(rule));
  }
}

// nullopt: not known.
std::optional<std::uint32_t> Expansion::users_lookup(std::size_t index) {
  const auto userbase = action(index).userbase;
  if (userbase && scope_.tables.table(*userbase).standing != Table::Standing::read) return {};
  if (!userbase && !scope_.users) return {};
  policy::Table table;
  table.name = "users";
  const policy::Row row{scope_.builder.result(policy::Nothing{}), 0, {}};
  const auto add = [&](std::string_view name) {
    auto key = std::make_shared<const std::string>(to_lower(name));
    table.literals.try_emplace(*key, row);
    table.storage.push_back(std::move(key));
  };
  if (userbase) {
    for (const auto& each : scope_.tables.table(*userbase).rows) add(each.key);
  } else {
    for (const auto& name : *scope_.users) add(name);
  }
  policy::Lookup lookup;
  lookup.tables = {scope_.builder.table(std::move(table))};
  lookup.keys = {Key::local, Key::local_without_extension};
  lookup.extension_delimiters = std::string(1, scope_.config.delimiter);
  return scope_.builder.lookup(std::move(lookup));
}

void Expansion::add_users(ListId list, std::size_t index) {
  auto& builder = scope_.builder;
  const auto origin = origin_of(index);
  const auto& what = action(index);
  const auto always = builder.constant(true);
  const auto users = users_lookup(index);
  if (!users) {
    builder.rule(list, builder.unknown(missing_user(origin), {subject_of(Field::recipient)}),
                 policy::Refuse{{550, ""}}, origin, "no such user");
    return builder.rule(list, always, policy::Permit{}, origin, what.name);
  }
  policy::Effect taken = policy::Permit{};
  if (what.what == Action::What::expand_only) taken = policy::Refuse{{524, "5.2.4"}};
  if (what.what == Action::What::forward_only) taken = policy::Refuse{{424, "4.2.4"}};
  builder.rule(list, builder.finds(*users, subject_of(Field::recipient)), taken, origin, what.name);
  builder.rule(list, always, policy::Refuse{{550, ""}}, origin, "no such user");
}

std::pair<ListId, bool> Expansion::list_of(Lists& lists, std::string_view what, std::size_t index) {
  if (const auto found = lists.find(index); found != lists.end()) return {found->second, false};
  const auto list = scope_.builder.list(std::string(what) + action(index).name);
  lists.emplace(index, list);
  return {list, true};
}

ListId Expansion::answers(std::size_t index) {
  const auto [list, is_new] = list_of(answers_, "action ", index);
  if (!is_new) return list;
  auto& builder = scope_.builder;
  const auto& what = action(index);
  if (what.virtuals) {
    add_rows(list, *what.virtuals, true, index, std::nullopt);
    builder.rule(list, builder.constant(true), policy::Refuse{{524, "5.2.4"}}, origin_of(index),
                 "virtual");
    return list;
  }
  if (what.aliases) add_rows(list, *what.aliases, false, index, std::nullopt);
  add_users(list, index);
  return list;
}

// A user, by his aliases or in his mailbox.
ListId Expansion::users(std::size_t index) {
  const auto [list, is_new] = list_of(users_, "user of ", index);
  if (!is_new) return list;
  auto& builder = scope_.builder;
  const auto& what = action(index);
  const auto table = what.aliases ? what.aliases : what.virtuals;
  if (table) add_rows(list, *table, false, index, targets(index));
  builder.rule(list, builder.constant(true), policy::End{Fate::local}, origin_of(index), what.name);
  return list;
}

// What stands at the right of an alias.
ListId Expansion::targets(std::size_t index) {
  const auto [list, is_new] = list_of(targets_, "targets of ", index);
  if (!is_new) return list;
  auto& builder = scope_.builder;
  const auto recipient = subject_of(Field::recipient);
  const auto origin = origin_of(index);
  builder.rule(list, builder.matches("^(\"?[|]|/|:?error:|:?include:)", recipient),
               policy::End{Fate::local}, origin, "a program, a file, or a refusal");
  builder.rule(list, builder.matches("@", recipient), policy::Run{inside()}, origin, "an address");
  builder.rule(list, builder.constant(true), policy::Run{users(index)}, origin, "a user");
  return list;
}

ListId Expansion::route(std::size_t index) {
  const auto [list, is_new] = list_of(routes_, "delivery by ", index);
  if (!is_new) return list;
  auto& builder = scope_.builder;
  const auto& what = action(index);
  if (what.virtuals) {
    add_rows(list, *what.virtuals, true, index, targets(index));
    builder.rule(list, builder.constant(true), policy::End{Fate::dropped}, origin_of(index),
                 "virtual");
  } else {
    builder.rule(list, builder.constant(true), policy::Run{users(index)}, origin_of(index),
                 what.name);
  }
  return list;
}

ListId Expansion::inside() {
  if (inside_) return *inside_;
  auto& builder = scope_.builder;
  inside_ = builder.list("rules for aliases");
  const View view{&listen_, true, std::nullopt};
  for (const auto& each : scope_.config.rules) {
    const auto when = conditions_of(scope_, each, view).matches;
    policy::Effect effect = policy::End{Fate::dropped};
    if (!each.rejects) {
      const bool relays = action(*each.action).what == Action::What::relay;
      const auto fate = is_lmtp(action(*each.action)) ? Fate::local : Fate::handed_on;
      effect = relays ? policy::Effect(policy::End{fate})
                      : policy::Effect(policy::Run{route(*each.action)});
    }
    builder.rule(*inside_, when, effect, builder.origin(each.place, "match"), each.place.text);
  }
  builder.rule(*inside_, builder.constant(true), policy::End{Fate::dropped}, 0, "no rule");
  return *inside_;
}

}  // namespace relayproof::opensmtpd
