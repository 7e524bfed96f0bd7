#include "dialects/sendmail/client_rules.h"

#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "dialects/sendmail/class_names.h"

namespace relayproof::sendmail {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;
using Untagged = AccessTables::Untagged;

bool is_quarantine(const AccessRow& row) {
  return starts_with_ignoring_case(row.value, "QUARANTINE:");
}

policy::Effect effect_of(PolicyBuilder& builder, const AccessRow& row) {
  // Held in the queue.
  if (is_quarantine(row)) return policy::SetMark{discard_mark(builder)};
  switch (row.result) {
    case AccessResult::relay:
    case AccessResult::ok:
      return policy::Permit{};
    case AccessResult::skip:
      return policy::Nothing{};
    case AccessResult::reject:
      return policy::Refuse{{550, "5.7.1"}};
    case AccessResult::discard:
      return policy::SetMark{discard_mark(builder)};
    case AccessResult::error:
    case AccessResult::other:
      break;
  }
  return policy::Refuse{{access_error_code(row.value), ""}};
}

AccessTables::ResultOf usual_effects(PolicyBuilder& builder) {
  return [&builder](const AccessRow& row) { return builder.result(effect_of(builder, row)); };
}

// A connection's quarantine is forgotten when its first message begins: only with delay_checks,
// which asks for the client within a message, does it hold anything. It ends the checks either way.
policy::Effect effect_on_client(Scope& scope, const AccessRow& row) {
  if (is_quarantine(row) && !scope.has(Feature::delay_checks)) return policy::Permit{};
  return effect_of(scope.builder, row);
}

mail::IpSet relayed_addresses(const Scope& scope) {
  mail::IpSetBuilder addresses;
  for (const auto& network : networks_of(scope.config.class_of("R"))) {
    addresses.add(network.addresses);
  }
  return addresses.build();
}

// Whether a host of that name is asked for at all.
bool may_be_missing(const Scope& scope) { return !scope.has(Feature::accept_unresolvable_domains); }

// A rule for each thing that rows give.
void rule_by_network(Scope& scope, policy::ListId list, const std::vector<AccessNetwork>& networks,
                     ConditionId when) {
  auto& builder = scope.builder;
  struct Same {
    policy::Effect effect;
    mail::IpSetBuilder addresses;
  };
  std::map<std::uint32_t, Same> by_effect;
  for (const auto& network : networks) {
    const auto effect = effect_on_client(scope, *network.row);
    if (std::holds_alternative<policy::Nothing>(effect)) continue;
    auto& same = by_effect[builder.result(effect)];
    same.effect = effect;
    same.addresses.add(network.addresses);
  }
  for (auto& [result, each] : by_effect) {
    builder.rule(list, builder.all({when, builder.client_in(each.addresses.build())}), each.effect,
                 scope.origin(Feature::access_db), "Connect: its address");
  }
}

// A client without a name, or with one that does not lead back to it, unless class R has it.
void require_names(Scope& scope, policy::ListId list) {
  if (!scope.has(Feature::require_rdns)) return;
  auto& builder = scope.builder;
  const auto origin = scope.origin(Feature::require_rdns);
  builder.rule(list, builder.client_in(relayed_addresses(scope)), policy::Permit{}, origin,
               "require_rdns: in class R");
  builder.rule(list, builder.negation(builder.present(Field::reverse_name)),
               policy::Refuse{{550, "5.7.1"}}, origin, "require_rdns");
  builder.rule(list, builder.negation(builder.present(Field::client_name)),
               policy::Refuse{{451, "4.1.8"}}, origin, "require_rdns: a name possibly forged");
}

}  // namespace

std::uint32_t discard_mark(PolicyBuilder& builder) {
  return builder.mark("discard", policy::Mark::Life::session);
}

policy::ListId lower_client_rules(Scope& scope) {
  auto& builder = scope.builder;
  const auto list = builder.list("check_relay");
  const auto origin = scope.origin(Feature::access_db);
  if (scope.access.standing == Access::Standing::read) {
    const AccessTables::ResultOf effects = [&](const AccessRow& row) {
      return builder.result(effect_on_client(scope, row));
    };
    const auto lookup = scope.tables.names("Connect", Untagged::count, true, effects);
    // use_client_ptr: whatever its PTR record says.
    const auto name = scope.has(Feature::use_client_ptr) ? Field::reverse_name : Field::client_name;
    builder.rule_by_row(list, builder.present(name), {lookup, subject_of(name)}, origin,
                        "Connect: its name");
    rule_by_network(scope, list, scope.tables.networks("Connect", AccessTables::Keys::in_brackets),
                    builder.negation(builder.present(name)));
    rule_by_network(scope, list, scope.tables.networks("Connect"), builder.constant(true));
  }
  require_names(scope, list);
  if (scope.has(Feature::dnsbl)) {
    policy::Question question;
    question.name = "a block list or a limit of connections turns the client away";
    question.origin = scope.origin(Feature::dnsbl);
    question.power = policy::Question::Power::screen;
    question.says = "hangs on DNS and on time";
    builder.rule(list, builder.unknown(std::move(question), {}), policy::Refuse{{550, "5.7.1"}},
                 scope.origin(Feature::dnsbl), "block lists and limits");
  }
  return list;
}

policy::ListId lower_sender_rules(Scope& scope, const Daemon& daemon) {
  auto& builder = scope.builder;
  const auto list = builder.list("check_mail");
  const auto sender = subject_of(Field::sender);
  builder.rule(list, builder.negation(builder.matches(".", sender)), policy::Permit{}, 0,
               "the null sender");
  const bool takes_unqualified =
      scope.has(Feature::accept_unqualified_senders) || daemon.has_modifier('u');
  const auto has_domain = builder.matches(".", subject_of(Field::sender, Part::domain));
  const auto refuse_unqualified = [&](ConditionId when) {
    if (takes_unqualified) return;
    const auto afar = builder.negation(builder.client_in(own_clients(scope)));
    const auto flag = builder.is_set(policy::Flag::sender_unqualified);
    builder.rule(list, builder.all({flag, when, afar}), policy::Refuse{{553, "5.5.4"}}, 0,
                 "Domain name required for sender address");
  };
  refuse_unqualified(has_domain);  // `user@localhost`
  if (scope.access.standing == Access::Standing::read) {
    const auto effects = usual_effects(builder);
    const auto origin = scope.origin(Feature::access_db);
    const auto always = builder.constant(true);
    const auto ask = [&](std::uint32_t lookup, const policy::Subject& subject) {
      builder.rule_by_row(list, always, {lookup, subject}, origin, "From: the sender");
    };
    ask(scope.tables.mailboxes("From", Untagged::count, effects), sender);
    ask(scope.tables.users("From", Untagged::count, effects), sender);
    ask(scope.tables.names("From", Untagged::count, true, effects),
        subject_of(Field::sender, Part::domain));
  }
  refuse_unqualified(builder.negation(has_domain));  // rows may let `user` in
  if (may_be_missing(scope)) {
    policy::Question question;
    question.name = "the sender's domain does not resolve";
    question.power = policy::Question::Power::screen;
    question.says = "hangs on DNS";
    const auto domain = subject_of(Field::sender, Part::domain);
    builder.rule(list, builder.unknown(std::move(question), {domain}),
                 policy::Refuse{{553, "5.1.8"}}, 0, "Domain of sender address does not exist");
  }
  return list;
}

policy::ListId lower_greeting_rules(Scope& scope) {
  auto& builder = scope.builder;
  const auto list = builder.list("block_bad_helo");
  if (!scope.has(Feature::block_bad_helo)) return list;
  const auto origin = scope.origin(Feature::block_bad_helo);
  const auto pass = [&](ConditionId when, std::string says) {
    builder.rule(list, when, policy::Permit{}, origin, std::move(says));
  };
  const auto refuse = [&](ConditionId when) {
    builder.rule(list, when, policy::Refuse{{550, "5.7.1"}}, origin, "bogus HELO name used");
  };
  const auto helo = subject_of(Field::helo);
  pass(builder.is_set(policy::Flag::authenticated), "logged in");
  pass(builder.client_in(relayed_addresses(scope) | mail::loopback()), "a local client");
  // Who does not greet is called by its name, or by its address in brackets.
  const auto silent = builder.negation(builder.present(Field::helo));
  const auto ipv4 = builder.client_in(mail::IpSet::of(*mail::Network::parse("0.0.0.0/0")));
  pass(builder.all({silent, builder.any({ipv4, builder.present(Field::client_name)})}),
       "it did not greet");
  if (const auto names = lower_class(builder, scope.config.class_of("w"), Below::none)) {
    refuse(builder.finds(*names, helo));
  }
  pass(builder.matches(".[.].|^IPv6:.", helo), "a qualified name");
  refuse(builder.constant(true));
  return list;
}

policy::ConditionId skips_checks(Scope& scope, const RecipientClasses& recipients) {
  auto& builder = scope.builder;
  const bool friends = scope.has(Feature::spam_friend);
  const bool haters = scope.has(Feature::spam_hater);
  if ((!friends && !haters) || scope.access.standing != Access::Standing::read) {
    return builder.constant(false);
  }
  const auto wanted = builder.named_result("access FRIEND or HATER");
  const std::string word = friends ? "FRIEND" : "HATER";
  const AccessTables::ResultOf result = [&](const AccessRow& row) {
    return equals_ignoring_case(row.value, word) ? wanted : builder.named_result("access other");
  };
  const auto mailbox = subject_of(Field::recipient);
  const auto domain = subject_of(Field::recipient, Part::domain);
  const auto none = Untagged::ignored;
  const auto found = builder.any(
      {builder.finds(scope.tables.mailboxes("Spam", none, result), mailbox, {wanted}),
       builder.finds(scope.tables.names("Spam", none, true, result), domain, {wanted}),
       builder.all({recipients.is_local,
                    builder.finds(scope.tables.users("Spam", none, result), mailbox, {wanted})})});
  return friends ? found : builder.negation(found);
}

}  // namespace relayproof::sendmail
