#include "dialects/sendmail/routes.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/class_names.h"
#include "dialects/sendmail/client_rules.h"
#include "dialects/sendmail/map_text.h"
#include "policy/part.h"

namespace relayproof::sendmail {
namespace {

using policy::ConditionId;
using policy::Fate;
using policy::Field;
using policy::Part;

constexpr std::string_view copies_local = "%1@";

bool is_error(std::string_view value) { return starts_with_ignoring_case(value, "error:"); }

// A domain that the client would choose: `%1` behind the @. None of the real ones do.
bool chooses_domain(std::string_view value) {
  const auto at = value.find('@');
  return at != std::string_view::npos && value.find('%', at) != std::string_view::npos;
}

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

class Routes {
 public:
  Routes(Scope& scope, const RecipientClasses& recipients)
      : scope_(scope), builder_(scope.builder), recipients_(recipients) {}

  policy::ListId route() {
    const auto list = builder_.list("route");
    rule(list, builder_.has_mark(discard_mark(builder_)), policy::End{Fate::dropped}, "DISCARD");
    if (const auto lookup = virtual_users(Ask::targets, list)) {
      builder_.rule_by_row(list, is_virtual(), {*lookup, subject_of(Field::recipient)},
                           scope_.origin(Feature::virtusertable), "virtusertable");
    }
    if (const auto lookup = aliases(list)) {
      builder_.rule_by_row(list, recipients_.is_local, {*lookup, subject_of(Field::recipient)}, 0,
                           "aliases");
    }
    hub(list, "MAIL_HUB");
    hub(list, "LOCAL_RELAY");
    rule(list, recipients_.is_local, policy::End{Fate::local}, "local user");
    mailers(list, Ask::targets);
    rule(list, builder_.constant(true), policy::End{Fate::handed_on}, "another host");
    return list;
  }

  policy::ListId known_users() {
    const auto list = builder_.list("recipient");
    if (const auto lookup = virtual_users(Ask::errors, 0)) {
      builder_.rule_by_row(list, is_virtual(), {*lookup, subject_of(Field::recipient)},
                           scope_.origin(Feature::virtusertable), "virtusertable");
    }
    mailers(list, Ask::errors);
    const auto users = system_users(scope_.files);
    const bool has_relay = scope_.config.relays.count("LUSER_RELAY") != 0 ||
                           scope_.config.relays.count("MAIL_HUB") != 0;
    if (!users || has_relay || scope_.config.aliases.empty()) return list;
    auto known = *users;
    for (const auto& use : scope_.config.aliases) {
      const auto text = scope_.files.read(use.source);
      if (!text) return list;
      for (const auto& row : parse_aliases(**text)) known.insert(row.key);
    }
    const auto found = builder_.result(policy::Nothing{});
    policy::Table table;
    table.name = "users and aliases";
    for (const auto& name : known) {
      const auto stored = std::make_shared<const std::string>(name);
      table.literals.try_emplace(*stored, {found, 0, {}});
      table.storage.push_back(stored);
    }
    const auto lookup = builder_.lookup({{builder_.table(std::move(table))},
                                         {policy::Key::local, policy::Key::local_without_extension},
                                         "+"});
    const auto is_known = builder_.finds(lookup, subject_of(Field::recipient));
    rule(list, builder_.all({recipients_.is_local, builder_.negation(is_known)}),
         policy::Refuse{{550, "5.1.1"}}, "User unknown");
    return list;
  }

 private:
  // What rows are asked for: where mail goes, or whether the recipient is refused at once.
  enum class Ask : std::uint8_t { targets, errors };

  void rule(policy::ListId list, ConditionId when, policy::Effect effect, std::string says) {
    builder_.rule(list, when, std::move(effect), 0, std::move(says));
  }

  // Where mail for users here goes instead: `host`, `mailer:host`, `mailer:user@host`. It keeps its
  // local part; users of class L stay.
  void hub(policy::ListId list, std::string_view name) {
    const auto found = scope_.config.relays.find(name);
    if (found == scope_.config.relays.end()) return;
    std::string_view host = found->second.text;
    const auto colon = host.starts_with('[') ? std::string_view::npos : host.find(':');
    if (colon != std::string_view::npos) {
      if (host.substr(0, colon) == "local") return;
      host.remove_prefix(colon + 1);
    }
    const auto at = host.find('@');
    policy::Transform target;
    target.rewritten = policy::Transform::Template();
    auto& pieces = target.rewritten->pieces;
    using Hole = policy::Transform::Template::Hole;
    if (at == std::string_view::npos) {
      pieces.push_back({"", Hole{Hole::Of::local, 0}});
      pieces.push_back({"@" + std::string(host), std::nullopt});
    } else {
      pieces.push_back({std::string(host), std::nullopt});
    }
    const auto there = builder_.list(std::string(name));
    rule(there, builder_.constant(true), policy::End{Fate::handed_on}, std::string(name));
    builder_.rule(list, builder_.all({recipients_.is_local, builder_.negation(stays())}),
                  policy::Rewrite{{builder_.transform(target)}, there},
                  builder_.origin(found->second, name), std::string(name));
  }

  ConditionId stays() {
    std::vector<std::string> users;
    for (const auto& [member, where] : scope_.config.class_of("L").members) users.push_back(member);
    return builder_.is_one_of(users, subject_of(Field::recipient, Part::local));
  }

  ConditionId is_virtual() {
    const auto domain = subject_of(Field::recipient, Part::domain);
    const auto below = scope_.has(Feature::virtuser_entire_domain) ? Below::counts : Below::none;
    std::vector<ConditionId> any = {recipients_.is_local};
    if (const auto hosts = lower_class(builder_, scope_.config.class_of("VirtHost"), below)) {
      any.push_back(builder_.finds(*hosts, domain));
    }
    return builder_.any(std::move(any));
  }

  std::optional<std::uint32_t> virtual_users(Ask ask, policy::ListId then) {
    const auto& use = scope_.config.virtusertable;
    if (!use) return std::nullopt;
    const auto text = scope_.files.read(use->source);
    if (use->source.empty() || !text) {
      if (ask == Ask::targets) {
        scope_.notes.push_back(
            {use->place, "its rows are not here: where your own mail is forwarded is not known",
             false});
      }
      return std::nullopt;
    }
    policy::Table table;
    table.name = "virtusertable";
    table.file = use->source;
    table.storage.push_back(*text);
    for (const auto& row : parse_map(**text).rows) {
      if (chooses_domain(row.value) && ask == Ask::targets) {
        scope_.notes.push_back({{{use->source, row.line, 1}, std::string(row.value)},
                                "the recipient chooses the domain",
                                true});
      }
      add(table, row, ask, then);
    }
    return builder_.lookup(
        {{builder_.table(std::move(table))},
         {policy::Key::whole, policy::Key::without_extension, policy::Key::at_domain},
         "+"});
  }

  // `%1@example.org` is told as `@example.org`: the local part stays.
  void add(policy::Table& table, const MapRow& row, Ask ask, policy::ListId then) {
    policy::Effect effect = policy::RewriteAsRow{then, false};
    if (ask == Ask::targets && is_error(row.value)) effect = policy::End{Fate::dropped};
    if (ask == Ask::errors) {
      effect = is_error(row.value) ? policy::Effect(policy::Refuse{{550, ""}})
                                   : policy::Effect(policy::Permit{});
    }
    auto value = row.value;
    if (value.starts_with(copies_local)) value.remove_prefix(copies_local.size() - 1);
    const auto key = std::make_shared<const std::string>(to_lower(row.key));
    if (table.literals.try_emplace(*key, {builder_.result(effect), row.line, value}).second) {
      table.storage.push_back(key);
    }
  }

  // The mailer table, for domains that are not this host: all that counts is what stays here, and
  // what is refused.
  void mailers(policy::ListId list, Ask ask) {
    const auto& use = scope_.config.mailertable;
    const auto text =
        use ? scope_.files.read(use->source) : Result<std::shared_ptr<const std::string>>{};
    if (!use || use->source.empty() || !text) return;
    policy::Table table;
    table.name = "mailertable";
    table.file = use->source;
    table.storage.push_back(*text);
    std::optional<policy::Effect> otherwise;
    for (const auto& row : parse_map(**text).rows) {
      const auto effect = mailer_effect(row.value, ask);
      if (row.key == ".") {
        otherwise = effect;
        continue;
      }
      const auto key = std::make_shared<const std::string>(to_lower(row.key));
      if (table.literals.try_emplace(*key, {builder_.result(effect), row.line, row.value}).second) {
        table.storage.push_back(key);
      }
    }
    const auto origin = scope_.origin(Feature::mailertable);
    const auto domain = subject_of(Field::recipient, Part::domain);
    const auto elsewhere = builder_.all({builder_.negation(recipients_.is_local),
                                         builder_.negation(builder_.matches("^\\[", domain))});
    const auto lookup = builder_.lookup({{builder_.table(std::move(table))},
                                         {policy::Key::whole, policy::Key::dotted_host_parents},
                                         ""});
    builder_.rule_by_row(list, elsewhere, {lookup, domain}, origin, "mailertable");
    if (!otherwise) return;
    const auto found = builder_.finds(lookup, domain);
    builder_.rule(list, builder_.all({elsewhere, builder_.negation(found)}), *otherwise, origin,
                  "mailertable .");
  }

  static policy::Effect mailer_effect(std::string_view value, Ask ask) {
    if (ask == Ask::errors) {
      if (!is_error(value)) return policy::Nothing{};
      return policy::Refuse{{access_error_code(value), ""}};
    }
    if (is_error(value)) return policy::End{Fate::dropped};
    const bool here = starts_with_ignoring_case(value, "local:");
    return policy::End{here ? Fate::local : Fate::handed_on};
  }

  std::optional<std::uint32_t> aliases(policy::ListId then) {
    policy::Lookup lookup{{}, {policy::Key::local, policy::Key::local_without_extension}, "+"};
    const auto result = builder_.result(policy::RewriteAsRow{then, false});
    for (const auto& use : scope_.config.aliases) {
      const auto text = scope_.files.read(use.source);
      if (!text) continue;
      policy::Table table;
      table.name = "aliases";
      table.file = use.source;
      for (auto& row : parse_aliases(**text)) {
        const auto key = std::make_shared<const std::string>(std::move(row.key));
        const auto value = std::make_shared<const std::string>(std::move(row.value));
        table.storage.push_back(value);
        if (table.literals.try_emplace(*key, {result, row.line, *value}).second) {
          table.storage.push_back(key);
        }
      }
      lookup.tables.push_back(builder_.table(std::move(table)));
    }
    if (lookup.tables.empty()) return std::nullopt;
    return builder_.lookup(lookup);
  }

  Scope& scope_;
  PolicyBuilder& builder_;
  const RecipientClasses& recipients_;
};

}  // namespace

policy::ListId lower_routes(Scope& scope, const RecipientClasses& recipients) {
  return Routes(scope, recipients).route();
}

policy::ListId lower_known_users(Scope& scope, const RecipientClasses& recipients) {
  return Routes(scope, recipients).known_users();
}

std::vector<std::string> targets_of_row(std::string_view value, std::string_view recipient) {
  auto targets = targets_of_alias(value);
  const std::string local(policy::part_of(recipient, Part::local));
  for (auto& target : targets) {
    if (target.starts_with('@')) target.insert(0, local);
    if (const auto hole = target.find("%1"); hole != std::string::npos) {
      target.replace(hole, 2, local);
    }
    // `\user` is delivered without asking the aliases again.
    if (target.starts_with('\\')) target.erase(0, 1);
  }
  return targets;
}

}  // namespace relayproof::sendmail
