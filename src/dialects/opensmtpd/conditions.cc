#include "dialects/opensmtpd/conditions.h"

#include <utility>
#include <vector>

#include "base/text.h"
#include "policy/part.h"

namespace relayproof::opensmtpd {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;

class Conditions {
 public:
  Conditions(Scope& scope, const MatchRule& rule, const View& view)
      : scope_(scope), builder_(scope.builder), rule_(rule), view_(view) {}

  RuleConditions run() {
    std::vector<ConditionId> first = {tag(), from(), to(), helo(), auth()};
    RuleConditions conditions;
    if (rule_.tls.is_set) conditions.fails = builder_.all(first);
    first.push_back(sender());
    first.push_back(recipient());
    conditions.matches =
        rule_.tls.is_set ? builder_.constant(false) : builder_.all(std::move(first));
    return conditions;
  }

 private:
  ConditionId constant(bool value) { return builder_.constant(value); }
  ConditionId turned(ConditionId id, bool negated) { return negated ? builder_.negation(id) : id; }

  ConditionId tag() {
    if (!rule_.tag.is_set) return constant(true);
    const auto has =
        scope_.tables.has(*rule_.tag.table, Ask::text, rule_.tag.regex, view_.listen->tag);
    if (has) return constant(*has != rule_.tag.negated);
    const auto hidden = scope_.tables.hidden(*rule_.tag.table, policy::Question::Power::any, {},
                                             "its rows are not in the configuration");
    return turned(hidden, rule_.tag.negated);
  }

  // What comes from an alias is local, whoever sent it.
  ConditionId from_inside() {
    const auto& from = rule_.from;
    if (from.what == From::What::any || from.what == From::What::local) {
      return constant(!from.negated);
    }
    if (!from.table) return constant(false);
    const auto has = scope_.tables.has(*from.table, Ask::text, from.regex, "local");
    if (has) return constant(*has != from.negated);
    return turned(scope_.tables.client_in(*from.table, from.regex), from.negated);
  }

  ConditionId from() {
    if (view_.internal) return from_inside();
    const auto& from = rule_.from;
    switch (from.what) {
      case From::What::any:
        return constant(!from.negated);
      case From::What::local:
        return turned(from_local(), from.negated);
      case From::What::socket:
        return constant(from.negated);
      case From::What::source:
        return turned(from_source(), from.negated);
      case From::What::reverse_name:
        return from_name();
    }
    return constant(false);
  }

  // Up to 6.3 whoever logged in is local, wherever he comes from (ruleset_check_source()).
  ConditionId from_local() {
    const auto own =
        builder_.client_in(local_addresses(scope_), builder_.origin(rule_.place, "from local"));
    return scope_.config.is_old() ? builder_.any({logged_in(), own}) : own;
  }

  ConditionId from_source() {
    const auto in = scope_.tables.client_in(*rule_.from.table, rule_.from.regex);
    if (!scope_.config.is_old()) return in;
    const bool has_local =
        scope_.tables.has(*rule_.from.table, Ask::text, false, "local").value_or(false);
    const auto outside = builder_.all({builder_.negation(logged_in()), in});
    return has_local ? builder_.any({logged_in(), outside}) : outside;
  }

  // Names are compared as they are, without wildcards (the table is asked as one of addresses).
  ConditionId from_name() {
    const auto& from = rule_.from;
    const auto has_name = builder_.present(Field::reverse_name);
    if (!from.table) return turned(has_name, from.negated);
    const auto listed = scope_.tables.finds(*from.table, Ask::text, from.regex,
                                            subject_of(Field::reverse_name), false);
    return builder_.all({has_name, turned(listed, from.negated)});
  }

  ConditionId to() {
    const auto& to = rule_.to;
    if (to.what == For::What::any) return constant(!to.negated);
    if (view_.recipient) {
      const auto domain = policy::part_of(*view_.recipient, Part::domain);
      if (to.what == For::What::local) return constant(is_local(domain) != to.negated);
      const auto has = scope_.tables.has(*to.table, Ask::name, to.regex, domain);
      if (has) return constant(*has != to.negated);
    }
    const auto domain = subject_of(Field::recipient, Part::domain);
    if (to.what == For::What::local) return turned(for_local(domain), to.negated);
    return turned(scope_.tables.finds(*to.table, Ask::name, to.regex, domain, true), to.negated);
  }

  bool is_local(std::string_view domain) const { return scope_.local.contains(to_lower(domain)); }

  ConditionId for_local(const policy::Subject& domain) {
    if (!scope_.local_lookup) {
      policy::Table table;
      table.name = "for local";
      const policy::Row row{builder_.result(policy::Nothing{}), 0, {}};
      for (const auto& name : scope_.local) {
        auto key = std::make_shared<const std::string>(name);
        table.literals.try_emplace(*key, row);
        table.storage.push_back(std::move(key));
      }
      scope_.local_lookup =
          builder_.lookup({{builder_.table(std::move(table))}, {policy::Key::whole}, ""});
    }
    return builder_.finds(*scope_.local_lookup, domain);
  }

  ConditionId helo() {
    if (!rule_.helo.is_set) return constant(true);
    return turned(scope_.tables.finds(*rule_.helo.table, Ask::name, rule_.helo.regex,
                                      subject_of(Field::helo), false),
                  rule_.helo.negated);
  }

  // A login is offered only behind TLS (ADVERTISE_AUTH() of smtp_session.c).
  ConditionId logged_in() {
    if (view_.listen->auth == Listen::Auth::none) return constant(false);
    return builder_.all(
        {builder_.is_set(policy::Flag::tls), builder_.is_set(policy::Flag::authenticated)});
  }

  ConditionId auth() {
    const auto& auth = rule_.auth;
    if (!auth.is_set) return constant(true);
    if (!auth.table) return turned(logged_in(), auth.negated);
    const auto user = subject_of(Field::user);
    const auto listed = scope_.tables.finds(*auth.table, Ask::text, auth.regex, user, false);
    return turned(builder_.all({logged_in(), listed}), auth.negated);
  }

  ConditionId sender() {
    const auto& test = rule_.sender;
    if (!test.is_set) return constant(true);
    return turned(scope_.tables.finds_sender(*test.table, test.regex), test.negated);
  }

  ConditionId recipient() {
    const auto& test = rule_.recipient;
    if (!test.is_set) return constant(true);
    if (view_.recipient) {
      const auto has = scope_.tables.has(*test.table, Ask::address, test.regex, *view_.recipient);
      if (has) return constant(*has != test.negated);
    }
    return turned(scope_.tables.finds(*test.table, Ask::address, test.regex,
                                      subject_of(Field::recipient), true),
                  test.negated);
  }

  Scope& scope_;
  PolicyBuilder& builder_;
  const MatchRule& rule_;
  const View& view_;
};

}  // namespace

RuleConditions conditions_of(Scope& scope, const MatchRule& rule, const View& view) {
  return Conditions(scope, rule, view).run();
}

}  // namespace relayproof::opensmtpd
