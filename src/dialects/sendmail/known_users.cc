// Who is known here: system users, aliases and virtual users.
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/route_tables.h"
#include "dialects/sendmail/routes.h"

namespace relayproof::sendmail {

using policy::Field;

namespace {

// nsswitch.conf(5): the line `passwd: files` and nothing else in it.
bool only_files(std::string_view content) {
  bool only = false;
  for (const auto line : split(content, '\n')) {
    const auto found = words(line.substr(0, line.find('#')));
    if (!found.empty() && found[0] == "passwd:") only = found.size() == 2 && found[1] == "files";
  }
  return only;
}

std::optional<std::set<std::string>> system_users(const FileSystem& files) {
  const auto services = files.read("/etc/nsswitch.conf");
  const auto passwd = files.read("/etc/passwd");
  if (!services || !passwd || !only_files(**services)) return std::nullopt;
  std::set<std::string> users;
  for (const auto line : split(**passwd, '\n')) {
    const auto name = line.substr(0, line.find(':'));
    if (!name.empty() && name.size() < line.size()) users.insert(to_lower(name));
  }
  return users;
}

}  // namespace

policy::ListId lower_known_users(Scope& scope, const RecipientClasses& recipients) {
  auto& builder = scope.builder;
  RouteTables tables(scope, recipients);
  const auto list = builder.list("recipient");
  if (const auto lookup = tables.virtual_users(RouteTables::Ask::errors, 0)) {
    builder.rule_by_row(list, tables.is_virtual(), {*lookup, subject_of(Field::recipient)},
                        scope.origin(Feature::virtusertable), "virtusertable");
  }
  tables.mailers(list, RouteTables::Ask::errors);
  const auto users = system_users(scope.files);
  const bool has_relay =
      scope.config.relays.count("LUSER_RELAY") != 0 || scope.config.relays.count("MAIL_HUB") != 0;
  if (!users || has_relay || scope.config.aliases.empty()) return list;
  auto known = *users;
  for (const auto& use : scope.config.aliases) {
    const auto text = scope.files.read(use.source);
    if (!text) return list;
    for (const auto& row : parse_aliases(**text)) known.insert(row.key);
  }
  const auto found = builder.result(policy::Nothing{});
  policy::Table table;
  table.name = "users and aliases";
  for (const auto& name : known) {
    const auto stored = std::make_shared<const std::string>(name);
    table.literals.try_emplace(*stored, {found, 0, {}});
    table.storage.push_back(stored);
  }
  const auto lookup = builder.lookup({{builder.table(std::move(table))},
                                      {policy::Key::local, policy::Key::local_without_extension},
                                      "+"});
  const auto is_known = builder.finds(lookup, subject_of(Field::recipient));
  builder.rule(list, builder.all({recipients.is_local, builder.negation(is_known)}),
               policy::Refuse{{550, "5.1.1"}}, 0, "User unknown");
  return list;
}

}  // namespace relayproof::sendmail
