#include "dialects/sendmail/routes.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/client_rules.h"
#include "dialects/sendmail/map_text.h"
#include "dialects/sendmail/route_tables.h"
#include "policy/part.h"

namespace relayproof::sendmail {
namespace {

using policy::ConditionId;
using policy::Fate;
using policy::Field;
using policy::Part;

class Routes {
 public:
  Routes(Scope& scope, const RecipientClasses& recipients)
      : scope_(scope),
        builder_(scope.builder),
        recipients_(recipients),
        tables_(scope, recipients) {}

  policy::ListId route() {
    const auto list = builder_.list("route");
    rule(list, builder_.has_mark(discard_mark(builder_)), policy::End{Fate::dropped}, "DISCARD");
    if (const auto lookup = tables_.virtual_users(RouteTables::Ask::targets, list)) {
      builder_.rule_by_row(list, tables_.is_virtual(), {*lookup, subject_of(Field::recipient)},
                           scope_.origin(Feature::virtusertable), "virtusertable");
    }
    if (const auto lookup = tables_.aliases(list)) {
      builder_.rule_by_row(list, recipients_.is_local, {*lookup, subject_of(Field::recipient)}, 0,
                           "aliases");
    }
    hub(list, "MAIL_HUB");
    hub(list, "LOCAL_RELAY");
    rule(list, recipients_.is_local, policy::End{Fate::local}, "local user");
    tables_.mailers(list, RouteTables::Ask::targets);
    rule(list, builder_.constant(true), policy::End{Fate::handed_on}, "another host");
    return list;
  }

 private:
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

  Scope& scope_;
  PolicyBuilder& builder_;
  const RecipientClasses& recipients_;
  RouteTables tables_;
};

}  // namespace

policy::ListId lower_routes(Scope& scope, const RecipientClasses& recipients) {
  return Routes(scope, recipients).route();
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
