// The lists that expansion.h tells of: at RCPT, and behind it.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/opensmtpd/expansion.h"

namespace relayproof::opensmtpd {
namespace {

using policy::Fate;
using policy::Field;
using policy::Key;
using policy::ListId;

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

// Rows of an alias table, each with the answer that it leads to; or, with `then`, with its targets.
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
  policy::Table table;
  table.name = scope_.tables.told(id);
  table.file = from.file;
  table.storage = from.storage;
  std::map<std::string, std::uint32_t> results;
  std::optional<policy::Row> catch_all;
  for (const auto& row : from.rows) {
    Seen seen;
    if (!of_addresses) seen.emplace(to_lower(row.key), false);
    const auto outcome =
        then ? Outcome{} : this->row(row, index, 1, of_addresses ? "" : row.key, seen);
    const auto effect = then ? policy::Effect(policy::RewriteAsRow{*then}) : effect_of(outcome);
    const auto key = std::to_string(static_cast<int>(outcome.is)) + ' ' +
                     std::to_string(outcome.answer.code) + ' ' + std::to_string(outcome.list);
    const auto [known, is_new] = results.try_emplace(key, 0);
    if (is_new) known->second = builder.result(effect);
    const policy::Row made{known->second, row.line, row.value};
    if (of_addresses && row.key == "@") catch_all = made;
    auto text = std::make_shared<const std::string>(to_lower(row.key));
    table.literals.insert_or_assign(*text, made);
    table.storage.push_back(std::move(text));
  }
  policy::Lookup lookup;
  lookup.keys = of_addresses ? std::vector{Key::whole, Key::without_extension, Key::local,
                                           Key::local_without_extension, Key::at_domain}
                             : std::vector{Key::local, Key::local_without_extension};
  lookup.extension_delimiters = std::string(1, scope_.config.delimiter);
  const auto add = [&](policy::Table rows, policy::Lookup asked) {
    asked.tables = {builder.table(std::move(rows))};
    policy::Rule rule;
    rule.when = builder.constant(true);
    rule.by_row = policy::Rule::ByRow{builder.lookup(asked), subject_of(Field::recipient)};
    rule.origin = origin;
    rule.says = scope_.tables.told(id);
    builder.policy().lists.at(list).rules.push_back(std::move(rule));
  };
  policy::Table everything;
  everything.name = table.name;
  everything.file = table.file;
  everything.storage = from.storage;
  add(std::move(table), lookup);
  if (!catch_all) return;
  everything.everything = *catch_all;
  add(std::move(everything), {{}, {Key::whole}, ""});
}

void Expansion::add_users(ListId list, std::size_t index) {
  auto& builder = scope_.builder;
  const auto origin = origin_of(index);
  const auto& what = action(index);
  std::vector<std::string> names;
  bool known = scope_.users.has_value();
  if (known) names.assign(scope_.users->begin(), scope_.users->end());
  if (what.userbase) {
    const auto& base = scope_.tables.table(*what.userbase);
    known = base.standing == Table::Standing::read;
    names.clear();
    for (const auto& row : base.rows) names.emplace_back(row.key);
  }
  const auto always = builder.constant(true);
  if (!known) {
    builder.rule(list, builder.unknown(missing_user(origin), {subject_of(Field::recipient)}),
                 policy::Refuse{{550, ""}}, origin, "no such user");
    return builder.rule(list, always, policy::Permit{}, origin, what.name);
  }
  policy::Table table;
  table.name = "users";
  const policy::Row row{builder.result(policy::Nothing{}), 0, {}};
  for (const auto& name : names) {
    auto key = std::make_shared<const std::string>(to_lower(name));
    table.literals.try_emplace(*key, row);
    table.storage.push_back(std::move(key));
  }
  policy::Lookup lookup;
  lookup.tables = {builder.table(std::move(table))};
  lookup.keys = {Key::local, Key::local_without_extension};
  lookup.extension_delimiters = std::string(1, scope_.config.delimiter);
  const auto exists = builder.finds(builder.lookup(lookup), subject_of(Field::recipient));
  policy::Effect taken = policy::Permit{};
  if (what.what == Action::What::expand_only) taken = policy::Refuse{{524, "5.2.4"}};
  if (what.what == Action::What::forward_only) taken = policy::Refuse{{424, "4.2.4"}};
  builder.rule(list, exists, taken, origin, what.name);
  builder.rule(list, always, policy::Refuse{{550, ""}}, origin, "no such user");
}

ListId Expansion::answers(std::size_t index) {
  if (const auto found = answers_.find(index); found != answers_.end()) return found->second;
  auto& builder = scope_.builder;
  const auto& what = action(index);
  const auto list = builder.list("action " + what.name);
  answers_.emplace(index, list);
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
  if (const auto found = users_.find(index); found != users_.end()) return found->second;
  auto& builder = scope_.builder;
  const auto& what = action(index);
  const auto list = builder.list("user of " + what.name);
  users_.emplace(index, list);
  const auto table = what.aliases ? what.aliases : what.virtuals;
  if (table) add_rows(list, *table, false, index, targets(index));
  builder.rule(list, builder.constant(true), policy::End{Fate::local}, origin_of(index), what.name);
  return list;
}

// What stands at the right of an alias.
ListId Expansion::targets(std::size_t index) {
  if (const auto found = targets_.find(index); found != targets_.end()) return found->second;
  auto& builder = scope_.builder;
  const auto list = builder.list("targets of " + action(index).name);
  targets_.emplace(index, list);
  const auto recipient = subject_of(Field::recipient);
  const auto origin = origin_of(index);
  builder.rule(list, builder.matches("^(\"?[|]|/|:?error:|:?include:)", recipient),
               policy::End{Fate::local}, origin, "a program, a file, or a refusal");
  builder.rule(list, builder.matches("@", recipient), policy::Run{inside()}, origin, "an address");
  builder.rule(list, builder.constant(true), policy::Run{users(index)}, origin, "a user");
  return list;
}

ListId Expansion::route(std::size_t index) {
  if (const auto found = routes_.find(index); found != routes_.end()) return found->second;
  auto& builder = scope_.builder;
  const auto& what = action(index);
  const auto list = builder.list("delivery by " + what.name);
  routes_.emplace(index, list);
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
