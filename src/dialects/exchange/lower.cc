#include "dialects/exchange/lower.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialects/exchange/address_reading.h"
#include "dialects/exchange/domains.h"
#include "dialects/exchange/rights.h"
#include "dialects/exchange/selection.h"
#include "dialects/policy_builder.h"
#include "mail/domain.h"

namespace relayproof::exchange {
namespace {

using dialects::PolicyBuilder;
using policy::ConditionId;
using policy::Field;
using policy::Flag;
using policy::ListId;
using policy::Moment;

// NDR codes:
// https://learn.microsoft.com/exchange/mail-flow/non-delivery-reports-and-bounce-messages
const policy::Answer not_authenticated{530, "5.7.57"};
const policy::Answer wants_tls{451, "5.7.3"};
const policy::Answer wrong_sender{550, "5.7.60"};
const policy::Answer no_relay{550, "5.7.54"};
const policy::Answer no_connector{421, "4.3.2"};

constexpr const char* permissions_command = "Get-ReceiveConnector | Get-ADPermission";

// What one connector grants, as conditions.
struct Asked {
  ConditionId submit = 0;
  ConditionId any_recipient = 0;
  ConditionId any_sender = 0;
};

class Lowering {
 public:
  Lowering(const Export& all, const dialects::Host& host)
      : all_(all), host_(host), builder_(lowered_.policy) {}

  Lowered run() {
    auto& policy = lowered_.policy;
    policy.mta = "exchange";
    policy.addresses = make_addresses(default_domain());
    acceptance_ = lower_domains(all_, builder_);
    claim_host();
    route_ = route();
    for (const auto& taken : selection(all_)) add(taken);
    note_filtered();
    return std::move(lowered_);
  }

 private:
  std::string default_domain() const {
    for (const auto& domain : all_.domains) {
      if (domain.is_default && domain.name != "*") return domain.name;
    }
    const auto usable = std::find_if(all_.domains.begin(), all_.domains.end(),
                                     [](const AcceptedDomain& each) { return each.name != "*"; });
    return usable == all_.domains.end() ? std::string() : usable->name;
  }

  void claim_host() {
    std::vector<std::string> claims = lowered_.policy.answers_for;
    for (const auto& interface : host_.interfaces) {
      claims.push_back(to_lower(interface.address.literal()));
    }
    if (host_.hostname && mail::is_registrable_or_below(*host_.hostname)) {
      claims.push_back(to_lower(*host_.hostname));
    }
    lowered_.policy.answers_for.assign(claims.begin(), claims.end());
  }

  void rule(ListId list, ConditionId when, policy::Effect effect, const Place& place,
            std::string says) {
    if (builder_.constant_value(when) == std::optional(false)) return;
    policy::Rule made;
    made.when = when;
    made.effect = std::move(effect);
    made.origin = origin(place);
    made.says = std::move(says);
    lowered_.policy.lists.at(list).rules.push_back(std::move(made));
  }

  policy::OriginId origin(const Place& place) {
    if (place.where.file.empty()) return 0;
    const auto name = place.text.substr(0, place.text.find(':'));
    return builder_.origin({place.where, place.text, name, "export"});
  }

  ListId list(std::string name) { return builder_.list(policy::List{std::move(name), {}}); }

  ListId route() {
    const auto made = list("route");
    rule(made, acceptance_.here, policy::End{policy::Fate::local}, {}, "accepted domain");
    rule(made, builder_.constant(true), policy::End{policy::Fate::handed_on}, {},
         "Send connectors");
    return made;
  }

  // A grant as a condition that has the place of the line it comes from.
  ConditionId granted(const Grant& grant, ConditionId unknown) {
    if (grant.holds == Truth::no) return builder_.constant(false);
    if (grant.holds == Truth::unknown) return unknown;
    const auto by = grant.by == nullptr ? 0 : origin(*grant.by);
    return builder_.condition(policy::All{{builder_.constant(true)}}, by);
  }

  ConditionId open_question(const Connector& connector, const AccessList& access,
                            const Grant& grant) {
    policy::Question question;
    question.name = "the permissions of " + connector.title();
    question.test = permissions_command;
    question.says = access.is_known() ? "whether this line is for strangers is not told"
                                      : "they are not in the export: " + question.test;
    if (access.is_known() && grant.by != nullptr) question.name += ": " + grant.by->text;
    question.origin = origin(grant.by == nullptr ? connector.place : *grant.by);
    return builder_.unknown(builder_.question(std::move(question)), {});
  }

  ConditionId capabilities(const Connector& connector) {
    if (!connector.gives_rights_by_tls) return builder_.constant(false);
    policy::Question question;
    question.name = connector.capabilities_place.text;
    question.origin = origin(connector.capabilities_place);
    question.says = "it may give whoever connects the rights of an Exchange server";
    return builder_.unknown(builder_.question(std::move(question)), {});
  }

  // Who has not logged in is ANONYMOUS LOGON, or, where the connector is externally secured, one of
  // the Externally Secured Servers.
  Asked ask(const Connector& connector) {
    const AccessList access(all_, connector);
    const bool secured = (connector.mechanisms & external_authoritative) != 0;
    const auto stranger = secured ? Principal::externally_secured : Principal::anonymous;
    const bool logs_in = !secured && (!connector.mechanisms_known ||
                                      (connector.mechanisms & (basic_auth | integrated)) != 0);
    const auto login = logs_in ? builder_.is_set(Flag::authenticated) : builder_.constant(false);
    const auto by_tls = capabilities(connector);
    const auto right = [&](Right which) {
      const auto of = [&](Principal principal) {
        const auto grant = access.grant(principal, which);
        if (grant.holds != Truth::unknown) return granted(grant, 0);
        return granted(grant, open_question(connector, access, grant));
      };
      auto without = of(stranger);
      // What Exchange asks for and does not find here: either the export is old, or it is wrong.
      if (!connector.mechanisms_known && !secured) {
        without = builder_.any({without, builder_.all({mechanism_unknown(connector),
                                                       of(Principal::externally_secured)})});
      }
      return builder_.any({builder_.all({login, of(Principal::users)}),
                           builder_.all({builder_.negation(login), without}), by_tls});
    };
    const auto authoritative = right(Right::authoritative_sender);
    return {right(Right::submit), right(Right::any_recipient),
            builder_.any({right(Right::any_sender), authoritative})};
  }

  ConditionId mechanism_unknown(const Connector& connector) {
    policy::Question question;
    question.name = "AuthMechanism of " + connector.title();
    question.origin = origin(connector.place);
    question.says = "it is not in the export: Get-ReceiveConnector | ConvertTo-Json -Depth 4";
    return builder_.unknown(builder_.question(std::move(question)), {});
  }

  // One condition for each connector that may take the client; just one of them holds, or none.
  std::vector<ConditionId> guards(const Taken& taken) {
    std::vector<ConditionId> made;
    auto others = builder_.constant(true);
    for (std::size_t i = 0; i < taken.by.size(); ++i) {
      const bool is_last = i + 1 == taken.by.size() && !taken.perhaps_none;
      if (is_last) {
        made.push_back(others);
        break;
      }
      policy::Question question;
      question.name = "whether " + taken.by[i]->title() + " takes these clients";
      question.origin = origin(taken.by[i]->ranges_place);
      question.says = taken.doubt;
      const auto takes = builder_.unknown(builder_.question(std::move(question)), {});
      made.push_back(builder_.all({others, takes}));
      others = builder_.all({others, builder_.negation(takes)});
    }
    return made;
  }

  std::string name_of_listener(const Taken& taken) const {
    std::string name;
    for (const auto* connector : taken.by) {
      name += (name.empty() ? "" : " or ") + connector->title();
    }
    name += " port " + std::to_string(taken.at.port);
    if (!taken.at.address.is_unspecified()) name += " on " + taken.at.address.to_string();
    return name;
  }

  void add(const Taken& taken) {
    auto& policy = lowered_.policy;
    const auto name = name_of_listener(taken);
    // The same connectors on all addresses of both families are one door.
    for (auto& door : policy.doors) {
      auto& listener = policy.listeners.at(door.listener);
      const bool same = listener.name == name && door.port == taken.at.port &&
                        taken.at.address.is_unspecified() && taken.doubt.empty();
      if (!same) continue;
      door.clients = door.clients | taken.clients;
      add_address(taken, listener);
      return;
    }
    policy::Door door;
    door.listener = policy.listeners.size();
    door.port = taken.at.port;
    door.clients = taken.clients;
    policy.listeners.push_back(listener(taken, name));
    policy.doors.push_back(std::move(door));
  }

  static void add_address(const Taken& taken, policy::Listener& to) {
    const auto address = taken.at.address.to_string();
    if (std::find(to.addresses.begin(), to.addresses.end(), address) == to.addresses.end()) {
      to.addresses.push_back(address);
    }
  }

  policy::Listener listener(const Taken& taken, const std::string& name) {
    policy::Listener made;
    made.name = name;
    made.origin = origin(taken.by.front()->bindings_place);
    made.ports = {taken.at.port};
    add_address(taken, made);
    const bool with_tls =
        std::any_of(taken.by.begin(), taken.by.end(), [](const Connector* connector) {
          return !connector->mechanisms_known || connector->requires_tls ||
                 (connector->mechanisms & tls) != 0;
        });
    if (with_tls) made.strangers_can.push_back(Flag::tls);
    const auto when = guards(taken);
    const auto mail = list("MAIL FROM");
    const auto rcpt = list("RCPT TO");
    rule(mail, builder_.negation(builder_.condition(policy::Present{Field::helo})),
         policy::Refuse{{503, "5.5.2"}}, {}, "EHLO first");
    for (std::size_t i = 0; i < taken.by.size(); ++i) {
      add_rules(*taken.by[i], when[i], mail, rcpt);
    }
    rule(rcpt, builder_.constant(true), policy::Refuse{no_connector}, {}, "no connector");
    made.stages = {{Moment::mail, "MAIL FROM", mail, true}, {Moment::rcpt, "RCPT TO", rcpt, false}};
    made.route = route_;
    return made;
  }

  void add_rules(const Connector& connector, ConditionId when, ListId mail, ListId rcpt) {
    const auto asked = ask(connector);
    const auto unless = [&](ConditionId condition) {
      return builder_.all({when, builder_.negation(condition)});
    };
    if (connector.requires_tls) {
      rule(mail, unless(builder_.is_set(Flag::tls)), policy::Refuse{wants_tls}, connector.place,
           "RequireTLS");
    }
    rule(mail, unless(asked.submit), policy::Refuse{not_authenticated}, connector.groups_place,
         "without ms-Exch-SMTP-Submit");
    rule(mail, builder_.all({unless(asked.any_sender), sender_check(connector)}),
         policy::Refuse{wrong_sender}, connector.groups_place,
         "without ms-Exch-SMTP-Accept-Any-Sender");
    rule(rcpt, builder_.all({when, acceptance_.here}), policy::Permit{}, connector.place,
         "accepted domain");
    rule(rcpt, builder_.all({when, acceptance_.elsewhere}), policy::Permit{}, connector.place,
         "accepted domain, relayed");
    rule(rcpt, builder_.all({when, asked.any_recipient}), policy::Permit{}, connector.groups_place,
         "ms-Exch-SMTP-Accept-Any-Recipient");
    rule(rcpt, when, policy::Refuse{no_relay}, connector.place, "not an accepted domain");
  }

  // Which senders it refuses is not documented well enough to be sure; it can only refuse.
  ConditionId sender_check(const Connector& connector) {
    policy::Question question;
    question.name = "the sender check of " + connector.title();
    question.origin = origin(connector.groups_place);
    question.power = policy::Question::Power::screen;
    question.says = "it may refuse senders";
    return builder_.unknown(builder_.question(std::move(question)),
                            {policy::Subject{Field::sender, policy::Part::whole, {}}});
  }

  // The documented way to look leaves out what a connector inherits.
  void note_filtered() {
    const bool filtered = std::any_of(
        all_.connectors.begin(), all_.connectors.end(), [&](const Connector& connector) {
          const AccessList access(all_, connector);
          return connector.enabled && access.is_known() && !access.has_inherited();
        });
    if (!filtered) return;
    lowered_.assumptions.push_back(
        {{},
         "Get-ADPermission",
         "no inherited entry is in the export: taken that nothing above the connectors lets "
         "ANONYMOUS LOGON relay; export without `where IsInherited` to know",
         false});
  }

  const Export& all_;
  const dialects::Host& host_;
  Lowered lowered_;
  PolicyBuilder builder_;
  Acceptance acceptance_;
  ListId route_ = 0;
};

}  // namespace

Lowered lower(const Export& all, const dialects::Host& host) { return Lowering(all, host).run(); }

}  // namespace relayproof::exchange
