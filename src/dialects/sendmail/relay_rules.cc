#include "dialects/sendmail/relay_rules.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dialects/sendmail/relay_lookups.h"
#include "dialects/sendmail/relaying_clients.h"

namespace relayproof::sendmail {
namespace {

using policy::ConditionId;
using policy::Field;
using policy::Part;
using policy::Subject;

// A domain of the stranger's own whose MX records name this server: he can have one.
constexpr std::string_view backed_up_domain = "stranger-who-names-us-as-mx.example";
class RelayRules {
 public:
  explicit RelayRules(Scope& scope) : scope_(scope), builder_(scope.builder), ask_(scope) {}

  // The domain of the recipient, as it was sent or after what `via` strips off.
  ConditionId is_relayed_domain(const Subject& domain) {
    std::vector<ConditionId> any = {ask_.in_class("R", domain, ask_.below()),
                                    ask_.access_names("To", domain)};
    if (scope_.has(Feature::relay_entire_domain)) {
      any.push_back(ask_.in_class("m", domain, Below::counts));
    }
    return builder_.any(std::move(any));
  }

  RecipientClasses recipients() {
    RecipientClasses classes;
    const auto domain = subject_of(Field::recipient, Part::domain);
    const auto local = subject_of(Field::recipient, Part::local);
    const auto unqualified = builder_.negation(builder_.matches(".", domain));
    classes.is_local = builder_.any({unqualified, ask_.in_class("w", domain, Below::none)});
    classes.is_routed = builder_.matches("[@%!]", local);
    const auto relayed = is_relayed_domain(domain);
    classes.is_relayed = relayed;
    if (!scope_.has(Feature::loose_relay_check)) {
      policy::Transform strip;
      strip.named = policy::Transform::Named{std::string(innermost), {}};
      const Subject inner{Field::recipient, Part::domain, {builder_.transform(strip)}};
      const auto within =
          builder_.any({builder_.negation(builder_.matches(".", inner)),
                        ask_.in_class("w", inner, Below::none), is_relayed_domain(inner)});
      classes.is_relayed =
          builder_.all({relayed, builder_.any({builder_.negation(classes.is_routed), within})});
    }
    return classes;
  }

  policy::ListId list(const RecipientClasses& recipients) {
    list_ = builder_.list("check_rcpt");
    doubt_strange_rules();
    if (scope_.has(Feature::blocklist_recipients)) blocklist(recipients);
    // What follows is what there would be without it.
    if (scope_.has(Feature::promiscuous_relay)) {
      permit(builder_.constant(true), scope_.origin(Feature::promiscuous_relay),
             "promiscuous_relay");
    }
    credentials();
    recipient_rules(recipients);
    lower_relaying_clients(scope_, list_);
    builder_.rule(list_, builder_.constant(true), policy::Refuse{{550, "5.7.1"}}, 0,
                  "Relaying denied");
    return list_;
  }

 private:
  void permit(ConditionId when, policy::OriginId origin, std::string says) {
    builder_.rule(list_, when, policy::Permit{}, origin, std::move(says));
  }

  // Rules that were not recognised may let through and refuse whatever they like.
  void doubt_strange_rules() {
    const auto& strange = scope_.config.strange_rule;
    if (!strange) return;
    const auto origin = builder_.origin(*strange, "check_rcpt");
    const auto ask = [&](std::string name) {
      policy::Question question;
      question.name = std::move(name);
      question.origin = origin;
      question.says = "these rules are not the stock ones";
      question.test = "sendmail -bt";
      return builder_.unknown(std::move(question),
                              {subject_of(Field::recipient), subject_of(Field::sender)});
    };
    permit(ask("rules of your own let it through"), origin, strange->text);
    builder_.rule(list_, ask("rules of your own refuse it"), policy::Refuse{{0, ""}}, origin,
                  strange->text);
  }

  // What the access map says of mailboxes here and of domains, but for OK, RELAY and SKIP.
  void blocklist(const RecipientClasses& recipients) {
    if (scope_.access.standing != Access::Standing::read) return;
    const auto inner = builder_.list("blocklist_recipients");
    const AccessTables::ResultOf refuse = [this](const AccessRow& row) {
      return builder_.result(effect_of(row));
    };
    const auto count = AccessTables::Untagged::count;
    const auto always = builder_.constant(true);
    const auto origin = scope_.origin(Feature::blocklist_recipients);
    const auto mailbox = subject_of(Field::recipient);
    const auto ask = [&](ConditionId when, std::uint32_t lookup, const Subject& subject) {
      builder_.rule_by_row(inner, when, {lookup, subject}, origin, "blocklist_recipients");
    };
    ask(always, scope_.tables.mailboxes("To", count, refuse), mailbox);
    ask(recipients.is_local, scope_.tables.users("To", count, refuse), mailbox);
    ask(always, scope_.tables.names("To", count, true, refuse),
        subject_of(Field::recipient, Part::domain));
    builder_.rule(list_, always, policy::Run{inner, false, true}, origin, "blocklist_recipients");
  }

  static policy::Effect effect_of(const AccessRow& row) {
    switch (row.result) {
      case AccessResult::reject:
        return policy::Refuse{{550, "5.2.1"}};
      case AccessResult::relay:
      case AccessResult::ok:
      case AccessResult::skip:
      case AccessResult::discard:
        return policy::Permit{};
      case AccessResult::error:
      case AccessResult::other:
        break;
    }
    return policy::Refuse{{access_error_code(row.value), ""}};
  }

  void credentials() {
    for (const auto& row : scope_.access.map.rows) {
      if (row.result != AccessResult::relay) continue;
      if (equals_ignoring_case(row.tag, "CERTISSUER")) {
        permit(builder_.is_set(policy::Flag::certificate_trusted), scope_.origin(row),
               "a certificate of this issuer");
      } else if (equals_ignoring_case(row.tag, "CERTSUBJECT")) {
        permit(builder_.is_set(policy::Flag::certificate_listed), scope_.origin(row),
               "the certificate of this subject");
      }
    }
    if (!lets_users_relay(scope_.config)) return;
    permit(builder_.is_set(policy::Flag::authenticated), ask_.origin_of("TrustAuthMech"),
           "logged in by a trusted mechanism");
  }

  void recipient_rules(const RecipientClasses& recipients) {
    auto local = recipients.is_local;
    auto relayed = recipients.is_relayed;
    if (scope_.has(Feature::nouucp_reject)) {
      const auto banged = builder_.matches("!", subject_of(Field::recipient, Part::local));
      local = builder_.all({local, builder_.negation(banged)});
      relayed = builder_.all({relayed, builder_.negation(banged)});
    }
    permit(local, ask_.origin_of("w"), "terminates locally");
    permit(relayed, ask_.origin_of("R"), "relayed for anybody");
    if (scope_.has(Feature::relay_full_address)) {
      permit(
          ask_.access_mailboxes("To", subject_of(Field::recipient), AccessTables::Untagged::count),
          scope_.origin(Feature::relay_full_address), "To: a full address");
    }
    if (scope_.has(Feature::relay_based_on_mx)) backed_up();
  }

  void backed_up() {
    const auto domain = subject_of(Field::recipient, Part::domain);
    policy::Question question;
    question.name = "MX records name this server for the recipient's domain";
    question.origin = scope_.origin(Feature::relay_based_on_mx);
    question.says = "hangs on the DNS of that domain";
    const auto backed = builder_.any({builder_.is_one_of({std::string(backed_up_domain)}, domain),
                                      builder_.unknown(std::move(question), {domain})});
    const auto literal = builder_.matches("^\\[", domain);
    permit(builder_.all({builder_.negation(literal), backed}),
           scope_.origin(Feature::relay_based_on_mx), "the domain's owner names this server as MX");
  }

  Scope& scope_;
  PolicyBuilder& builder_;
  RelayLookups ask_;
  policy::ListId list_ = 0;
};

}  // namespace

bool lets_users_relay(const Config& config) {
  return !config.class_of("TrustAuthMech").members.empty();
}

RecipientClasses lower_recipients(Scope& scope) { return RelayRules(scope).recipients(); }

policy::ListId lower_relay_rules(Scope& scope, const RecipientClasses& recipients) {
  return RelayRules(scope).list(recipients);
}

}  // namespace relayproof::sendmail
